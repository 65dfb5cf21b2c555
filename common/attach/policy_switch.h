// SPDX-License-Identifier: GPL-2.0-only
// policy_switch: which policy rules: try a candidate, confirm it or revert to the confirmed one.
//
// The text on disk is written before the slot of the map, and the slot before the text gets its
// final name: at each step, what rules has its text on disk, as the candidate or the confirmed one.
// policy_switch__recover() completes what a killed command began.
#ifndef COMMON_ATTACH_POLICY_SWITCH_H
#define COMMON_ATTACH_POLICY_SWITCH_H

#include "common/attach/policy_pins.h"
#include "common/attach/policy_store.h"

/* A policy; whoever changes it holds the lock. */
struct policy_home {
	char id[POLICY_ID_BYTES];
	struct policy_maps *maps;
	struct policy_clock clock;
};

struct policy_switched {
	__u64 generation;
	size_t ipv4_prefixes, ipv6_prefixes;
	__u64 build_ns, switch_ns; /* compiling; until no frame is judged by the old policy */
};

/**
 * policy_switch__open() - begin to work on a policy
 * @maps: stay the caller's
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_switch__open(struct policy_home *home, const char *id, struct policy_maps *maps,
			struct errmsg *why);

/**
 * policy_switch__apply() - put a policy in force
 * @within_s: until it must be confirmed; 0: it is confirmed at once
 * @ret: may be NULL
 *
 * Return: 0, or a negative errno with @why set and all as before: an earlier candidate stays on
 * trial.
 */
int policy_switch__apply(const struct policy_home *home, const struct policy *policy,
			 __u32 within_s, struct policy_switched *ret, struct errmsg *why);

/**
 * policy_switch__confirm() - keep the candidate
 *
 * Return: 0, or a negative errno with @why set, and it stays on trial: -ENOENT if there is none.
 */
int policy_switch__confirm(const struct policy_home *home, struct errmsg *why);

/** policy_switch__revert() - return to the confirmed policy at once. Return: 0, or a negative errno
 * with @why set. */
int policy_switch__revert(const struct policy_home *home, struct errmsg *why);

/**
 * policy_switch__list() - put prefixes that are listed by hand in force
 *
 * With the rules of both slots; a candidate keeps its deadline.
 *
 * Return: as above.
 */
int policy_switch__list(const struct policy_home *home, const struct timed_prefixes *timed,
			struct errmsg *why);

/**
 * policy_switch__restore() - put the confirmed policy that is on disk in force
 *
 * Return: as above; -ENOENT if none was confirmed.
 */
int policy_switch__restore(const struct policy_home *home, struct errmsg *why);

/** policy_switch__recover() - complete or undo what a killed command began. Return: as above. */
int policy_switch__recover(const struct policy_home *home, struct errmsg *why);

/**
 * policy_switch__read() - read the policy that rules now, with or without the lock
 * @ret: to be freed by policy__free(); empty if it has no text
 *
 * Return: its slot, POLICY_SLOTS if none rules, or a negative errno with @why set.
 */
int policy_switch__read(const struct policy_home *home, struct policy *ret, struct errmsg *why);

/**
 * policy_switch__left_s() - seconds that are left to confirm the candidate
 *
 * Return: them, 0 if there is no candidate, or a negative errno with @why set.
 */
int policy_switch__left_s(const struct policy_home *home, struct errmsg *why);

#endif
