// SPDX-License-Identifier: GPL-2.0-only
// sample_budget: how a number of samples a second is spread over the reasons that occur, and CPUs.
#ifndef COMMON_EVENTS_SAMPLE_BUDGET_H
#define COMMON_EVENTS_SAMPLE_BUDGET_H

#include <linux/types.h>

#define SAMPLE_BUDGET_AT_LEAST 2 /* samples of a gate, whatever the others need */

/* A gate in the last second. */
struct sample_demand {
	__u64 frames;
	__u32 rank;    /* the lowest is served first if there is not enough for all */
	__u32 samples; /* the result */
};

/**
 * sample_budget__spread() - spread samples over gates
 *
 * Each gate that had frames gets SAMPLE_BUDGET_AT_LEAST in the order of ranks, as long as there are
 * any; then an equal share, but not more than it had frames, which leaves more to the others. The
 * sum is at most @samples.
 */
void sample_budget__spread(struct sample_demand *gates, __u32 count, __u32 samples);

/**
 * sample_budget__share() - a part of a whole number that is split in proportion
 * @before: weight of all parts before this one
 *
 * Return: the part; those of all weights add up to @samples.
 */
__u32 sample_budget__share(__u32 samples, __u64 before, __u64 weight, __u64 all);

#endif
