// SPDX-License-Identifier: GPL-2.0-only
// policy_maps: the maps of a policy, which all its interfaces share: its rules and their state.
#ifndef COMMON_DATAPLANE_POLICY_MAPS_H
#define COMMON_DATAPLANE_POLICY_MAPS_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/policy_names.h"
#include "common/base/errmsg.h"
#include "common/counts/policy_counts.h"
#include "common/dataplane/policy_clock.h"

struct policy_maps;
struct prog_info;

/* What is in a slot. */
struct policy_slot_state {
	__u64 generation;
	__u64 deadline; /* jiffies; 0: none */
	__u8 digest[POLICY_DIGEST_BYTES];
	__u32 is_set;             /* 0: nothing, and the rest is zeros */
	__u32 has_answers;        /* 0: it answers no SYN */
	__u8 modes[POLICY_RULES]; /* enum rule_mode, by number of the rule */
};

/*
 * What readers without privileges know of a policy: as policy_maps__put(), policy_maps__confirm()
 * and policy_maps__clear() have left it. A caller that is killed in one of them may leave the state
 * of before, until policy_maps__refresh().
 */
struct policy_state {
	struct policy_clock clock;
	struct policy_slot_state slots[POLICY_SLOTS];
};

/**
 * policy_maps__create() - make the maps of a policy, without any rule in them
 * @max_prefixes: of each family; 0: POLICY_DEFAULT_MAX_PREFIXES
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int policy_maps__create(__u32 max_prefixes, struct policy_maps **ret, struct errmsg *why);

/**
 * policy_maps__pin() - pin all maps into a directory of a bpffs
 *
 * Return: 0, or a negative errno with @why set; pins that were made stay.
 */
int policy_maps__pin(const struct policy_maps *maps, const char *directory, struct errmsg *why);

/**
 * policy_maps__reopen() - open what policy_maps__pin() pinned
 *
 * Without permission to open the rules, the state and the attacks can be read, and nothing else.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -ENOENT if there is
 * no policy.
 */
int policy_maps__reopen(const char *directory, struct policy_maps **ret, struct errmsg *why);

/** policy_maps__close() - close the file descriptors and free; NULL is fine. Pins stay. */
void policy_maps__close(struct policy_maps *maps);

/** policy_maps__max_prefixes() - the prefixes of each family that it has room for. */
__u32 policy_maps__max_prefixes(const struct policy_maps *maps);

/** policy_maps__memory_bytes() - kernel memory: of the maps, and of a policy in each slot. */
__u64 policy_maps__memory_bytes(const struct policy_maps *maps);

/**
 * policy_maps__put() - put a compiled policy into a slot, in one step
 * @chunks: the image of the policy: chunk 0 is a struct policy_image
 * @count: at most policy_chunks(policy_maps__max_prefixes())
 * @deadline: replaces the one in the image: jiffies; 0: none
 *
 * When it returns, no program uses what was in the slot any more. Clocks, verified sources and
 * attacks stay.
 *
 * Return: 0, or a negative errno with @why set and the slot unchanged: -E2BIG if there are too many
 * chunks.
 */
int policy_maps__put(const struct policy_maps *maps, enum policy_slot slot,
		     const struct policy_chunk *chunks, __u32 count, __u64 deadline,
		     struct errmsg *why);

/**
 * policy_maps__open_policy() - keep what is in a slot, to put it back
 *
 * Return: a descriptor to be closed by the caller, -ENOENT if the slot is empty, or a negative
 * errno with @why set.
 */
int policy_maps__open_policy(const struct policy_maps *maps, enum policy_slot slot,
			     struct errmsg *why);

/** policy_maps__put_back() - undo a policy_maps__put(); @fd: what was in the slot, or -ENOENT. */
void policy_maps__put_back(const struct policy_maps *maps, enum policy_slot slot, int fd);

/** policy_maps__clear() - empty a slot. Return: 0, or a negative errno with @why set. */
int policy_maps__clear(const struct policy_maps *maps, enum policy_slot slot, struct errmsg *why);

/* A candidate that is on trial, and the policy that is in force without it. */
struct policy_trial {
	int candidate_fd;
	int confirmed_fd; /* or -ENOENT */
	__u64 deadline;   /* jiffies; 0: none */
};

/**
 * policy_maps__keep_trial() - begin to confirm the candidate
 * @ret: to be ended by policy_trial__close()
 *
 * Return: 0, or a negative errno with @why set: -ENOENT if there is no candidate, -ETIME if its
 * deadline has passed.
 */
int policy_maps__keep_trial(const struct policy_maps *maps, struct policy_trial *ret,
			    struct errmsg *why);

/**
 * policy_maps__confirm() - make the candidate the confirmed policy
 *
 * It rules all the while. Killed in between, the confirmed policy is the candidate already, and
 * policy_maps__clear() of the candidate completes it.
 *
 * Return: 0, or a negative errno with @why set: to be undone by policy_maps__resume_trial() then.
 */
int policy_maps__confirm(const struct policy_maps *maps, const struct policy_trial *trial,
			 struct errmsg *why);

/** policy_maps__resume_trial() - undo policy_maps__confirm(): the deadline is as before. */
void policy_maps__resume_trial(const struct policy_maps *maps, const struct policy_trial *trial);

/** policy_trial__close() - close its descriptors. */
void policy_trial__close(struct policy_trial *trial);

/**
 * policy_maps__header() - the header of the policy in a slot, as the programs read it
 *
 * Return: 1 with *@ret set, 0 if the slot is empty, or a negative errno with @why set.
 */
int policy_maps__header(const struct policy_maps *maps, enum policy_slot slot,
			struct policy_header *ret, struct errmsg *why);

/** policy_maps__refresh() - bring the state up to date. Return: 0, or a negative errno with @why
 * set. */
int policy_maps__refresh(const struct policy_maps *maps, struct errmsg *why);

/** policy_maps__state() - read the state, without privileges. Return: 0, or a negative errno with
 * @why set. */
int policy_maps__state(const struct policy_maps *maps, struct policy_state *ret,
		       struct errmsg *why);

/** policy_maps__set_names() - keep the names for readers. Return: 0, or a negative errno with @why
 * set. */
int policy_maps__set_names(const struct policy_maps *maps, const struct policy_names *names,
			   struct errmsg *why);

/** policy_maps__names() - read the names, without privileges. Return: 0, or a negative errno with
 * @why set. */
int policy_maps__names(const struct policy_maps *maps, struct policy_names *ret,
		       struct errmsg *why);

/**
 * policy_state__ruling() - the slot whose policy rules
 * @now: jiffies
 *
 * Return: the slot, or POLICY_SLOTS if both are empty or over.
 */
enum policy_slot policy_state__ruling(const struct policy_state *state, __u64 now);

/** policy_maps__create_policy() - the map of one policy, zeros. Return: a descriptor, or a negative
 * errno. */
int policy_maps__create_policy(__u32 max_prefixes);

/** policy_maps__share() - the same maps, to be closed on their own. Return: 0, or a negative errno.
 */
int policy_maps__share(const struct policy_maps *maps, struct policy_maps **ret);

/**
 * policy_maps__adopt() - open the maps of a running program by their ids
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno: -EPROTO if one is missing.
 */
int policy_maps__adopt(const struct prog_info *info, struct policy_maps **ret);

/** policy_maps__bind() - let policy_maps__adopt() find all maps by a program that is loaded. */
void policy_maps__bind(const struct policy_maps *maps, int program_fd);

/** policy_maps__close_unused() - close what reading the state and the attacks does not need. */
void policy_maps__close_unused(struct policy_maps *maps);

/** policy_maps__config() - sizes and secret seeds, for the programs; zeros without permission. */
const struct policy_config *policy_maps__config(const struct policy_maps *maps);

/** policy_maps__fd() - a map by its name in the program; -1 if there is none, or no permission. */
int policy_maps__fd(const struct policy_maps *maps, const char *name);

#endif
