// SPDX-License-Identifier: GPL-2.0-only
// policy_peek: what a policy in force would decide on a SYN now, without a trace in its state.
#ifndef COMMON_DATAPLANE_POLICY_PEEK_H
#define COMMON_DATAPLANE_POLICY_PEEK_H

#include "common/abi/policy.h"
#include "common/base/errmsg.h"

struct policy_maps;

struct policy_answer {
	int verdict; /* enum xdp_action */
	struct judgement judgement;
};

/**
 * policy_peek__syn() - judge a SYN by a program of its own on the policy's maps
 * @source: without a port
 * @victim: with the port; of the same family
 *
 * The program counts into maps of its own, and leaves limits and attacks as they are.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int policy_peek__syn(const struct policy_maps *maps, const struct endpoint *source,
		     const struct endpoint *victim, struct policy_answer *ret, struct errmsg *why);

#endif
