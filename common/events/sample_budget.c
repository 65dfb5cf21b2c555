// SPDX-License-Identifier: GPL-2.0-only
// sample_budget: how a number of samples a second is spread over the reasons that occur, and CPUs.
#include "common/events/sample_budget.h"

#include <stddef.h>

/* Return: the gate without samples that is served next; NULL if all have some. */
static struct sample_demand *next_served(struct sample_demand *gates, __u32 count)
{
	struct sample_demand *next = NULL;

	for (__u32 i = 0; i < count; i++)
		if (gates[i].frames && !gates[i].samples && (!next || gates[i].rank < next->rank))
			next = &gates[i];
	return next;
}

static __u32 spread_minimum(struct sample_demand *gates, __u32 count, __u32 samples)
{
	struct sample_demand *gate;

	while (samples && (gate = next_served(gates, count))) {
		gate->samples = samples < SAMPLE_BUDGET_AT_LEAST ? samples : SAMPLE_BUDGET_AT_LEAST;
		samples -= gate->samples;
	}
	return samples;
}

static __u32 give_more(struct sample_demand *gate, __u32 samples)
{
	__u64 wanted = gate->frames > gate->samples ? gate->frames - gate->samples : 0;
	__u32 given = wanted < samples ? wanted : samples;

	gate->samples += given;
	return given;
}

static __u32 count_unserved(const struct sample_demand *gates, __u32 count)
{
	__u32 unserved = 0;

	for (__u32 i = 0; i < count; i++)
		unserved += gates[i].frames > gates[i].samples;
	return unserved;
}

void sample_budget__spread(struct sample_demand *gates, __u32 count, __u32 samples)
{
	__u32 unserved;

	for (__u32 i = 0; i < count; i++)
		gates[i].samples = 0;
	samples = spread_minimum(gates, count, samples);
	/* Each round serves a gate fully, or gives all away. */
	while (samples && (unserved = count_unserved(gates, count))) {
		__u32 share = samples / unserved ?: 1;

		for (__u32 i = 0; samples && i < count; i++)
			samples -= give_more(&gates[i], share < samples ? share : samples);
	}
}

__u32 sample_budget__share(__u32 samples, __u64 before, __u64 weight, __u64 all)
{
	__u64 first = (unsigned __int128)samples * before / all;
	__u64 end = (unsigned __int128)samples * (before + weight) / all;

	return end - first;
}
