// SPDX-License-Identifier: GPL-2.0-only
// policy_read: how a policy stands, and the victims that it protects, read out of its maps.
#ifndef COMMON_DATAPLANE_POLICY_READ_H
#define COMMON_DATAPLANE_POLICY_READ_H

#include "common/base/errmsg.h"
#include "common/counts/policy_counts.h"
#include "common/dataplane/policy_maps.h"

/* The attacks of a policy, and what an interface will add to them. */
struct policy_attacks {
	struct attack_set *sets; /* owned */
	__u32 count;
	const struct verdict_counters
		*counters; /* by CPU, with SYNs that are pending; NULL: none */
	__u32 cpus;
};

/** policy_maps__standing() - which policy rules, without privileges. Return: 0, or a negative errno
 * with @why set. */
int policy_maps__standing(const struct policy_maps *maps, struct policy_standing *ret,
			  struct errmsg *why);

/**
 * policy_maps__copy_attacks() - copy the attacks, without privileges
 * @ret: its sets, to be freed with free(3), and their count are set
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_maps__copy_attacks(const struct policy_maps *maps, struct policy_attacks *ret,
			      struct errmsg *why);

/**
 * policy_maps__read() - read the standing, and list the attacks
 * @attacks: what is pending is added to the sets
 * @ret: to be freed by policy_counts__free(); only what is read here is set
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_maps__read(const struct policy_maps *maps, struct policy_attacks *attacks,
		      struct policy_counts *ret, struct errmsg *why);

#endif
