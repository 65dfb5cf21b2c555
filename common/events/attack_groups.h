// SPDX-License-Identifier: GPL-2.0-only
// attack_groups: many attacks in one prefix, as one attack on the prefix.
#ifndef COMMON_EVENTS_ATTACK_GROUPS_H
#define COMMON_EVENTS_ATTACK_GROUPS_H

#include "common/events/victim_tracks.h"

#define GROUP_IPV4_BITS 24
#define GROUP_IPV6_BITS 64
#define GROUP_MIN_VICTIMS 9 /* or several whose sum is above GROUP_ABOVE times a threshold */
#define GROUP_ABOVE 4

struct attack_group {
	struct prefix prefix;
	struct open_attack *attack;
	bool has_victims; /* under attack, in the last interval */
};

/* Zeros: none. */
struct attack_groups {
	struct attack_group *groups;
	size_t count;
};

/**
 * attack_groups__update() - find prefixes with many attacks, and add the interval to those known
 *
 * Return: 0, or -ENOMEM: prefixes that are new in this interval are not grouped yet.
 */
int attack_groups__update(struct attack_groups *groups, const struct victim_tracks *tracks,
			  const struct attack_origin *origin,
			  const struct detector_interval *interval);

/**
 * attack_groups__add() - a prefix that is a group
 * @attack: owned by the groups afterwards
 *
 * Return: 0, or -ENOMEM, and @attack is the caller's.
 */
int attack_groups__add(struct attack_groups *groups, const struct prefix *prefix,
		       struct open_attack *attack);

/** attack_groups__has() - true if a victim's attack is part of a group. */
bool attack_groups__has(const struct attack_groups *groups, const struct endpoint *victim);

/** attack_groups__end() - end those without victims that are under attack. */
void attack_groups__end(struct attack_groups *groups, const struct attack_origin *origin,
			__u64 time_ns);

/** attack_groups__free() - free all. Attacks that were announced leave the cap. */
void attack_groups__free(struct attack_groups *groups, struct event_cap *cap);

#endif
