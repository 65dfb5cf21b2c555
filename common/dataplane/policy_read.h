// SPDX-License-Identifier: GPL-2.0-only
// policy_read: how a policy stands, and the victims that it protects, read out of its maps.
#ifndef COMMON_DATAPLANE_POLICY_READ_H
#define COMMON_DATAPLANE_POLICY_READ_H

#include "common/base/errmsg.h"
#include "common/counts/policy_counts.h"
#include "common/dataplane/policy_maps.h"

/* The counters of an interface, by CPU, whose SYNs that are pending for a victim are added. */
struct policy_pending {
	const struct verdict_counters *counters;
	__u32 cpus;
};

/** policy_maps__standing() - which policy rules, without privileges. Return: 0, or a negative errno
 * with @why set. */
int policy_maps__standing(const struct policy_maps *maps, struct policy_standing *ret,
			  struct errmsg *why);

/**
 * policy_maps__read() - read the standing and the attacks, without privileges
 * @pending: NULL: none
 * @ret: to be freed by policy_counts__free(); only what is read here is set
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_maps__read(const struct policy_maps *maps, const struct policy_pending *pending,
		      struct policy_counts *ret, struct errmsg *why);

#endif
