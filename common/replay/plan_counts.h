// SPDX-License-Identifier: GPL-2.0-only
// plan_counts: frames, connections and sources that two policies treat differently.
#ifndef COMMON_REPLAY_PLAN_COUNTS_H
#define COMMON_REPLAY_PLAN_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/policy.h"
#include "common/address/endpoint_index.h"

struct plan_count {
	__u64 frames;
	__u64 connections; /* requests: a retransmitted SYN is none */
};

struct plan_source {
	struct endpoint address; /* without a port */
	__u8 rule;               /* of its last frame here */
	struct plan_count count;
};

/* The frames that one policy treats in one way, and the other in another one. */
struct plan_change {
	struct plan_count count;
	struct plan_count rules[POLICY_RULES]; /* by the rule that drops, of whichever policy */
	struct plan_source *sources;           /* after plan_change__sort(): most frames first */
	size_t source_count, source_capacity;
	struct endpoint_index index; /* of the sources, until they are sorted */
};

/**
 * plan_change__add() - one more frame
 * @is_new: it asks for a connection that has not been seen
 *
 * Return: 0 or -ENOMEM.
 */
int plan_change__add(struct plan_change *change, const struct endpoint *source, __u8 rule,
		     bool is_new);

/** plan_change__sort() - order the sources; no frame can be added any more. */
void plan_change__sort(struct plan_change *change);

/** plan_change__free() - free the sources. */
void plan_change__free(struct plan_change *change);

#endif
