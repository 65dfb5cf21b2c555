// SPDX-License-Identifier: GPL-2.0-only
// sample_grants: how many samples each gate of the recorded interfaces may take.
#include "ctl/events/sample_grants.h"

#include <errno.h>
#include <stdlib.h>

#include "common/counts/policy_counts.h"
#include "common/events/sample_budget.h"

/* What a gate may take between two polls, if samples are not limited by a rate: a ring. */
#define GRANT_OF_ALL SAMPLE_SLOTS

/* Drops before answers before what passes. */
static __u32 rank_of(const struct sample_ring *ring, __u32 gate)
{
	if (!sample_ring__by_reason(ring) || gate >= REASON_COUNT)
		return 2;
	return reason_verdicts[gate] == XDP_DROP ? 0 : reason_verdicts[gate] == XDP_TX ? 1 : 2;
}

/* What each gate asks for, by its frames since the last time. */
static void count_demands(struct recorded *recorded, struct sample_demand *demands)
{
	for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
		demands[gate].rank = rank_of(recorded->ring, gate);
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
			size_t number = (size_t)cpu * SAMPLE_GATES + gate;
			__u64 now = sample_ring__frames(recorded->ring, cpu, gate);

			recorded->new_frames[number] = recorded__wants(recorded, gate)
							       ? now - recorded->frames[number]
							       : 0;
			recorded->frames[number] = now;
			demands[gate].frames += recorded->new_frames[number];
		}
}

/* A gate's samples, over the CPUs that had its frames. */
static void grant_gate(struct recorded *recorded, __u32 gate, const struct sample_demand *demand)
{
	__u64 before = 0;

	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++) {
		__u64 own = recorded->new_frames[cpu * SAMPLE_GATES + gate];
		__u32 samples = sample_budget__share(demand->samples, before, own, demand->frames);
		__u64 every = samples ? own / samples : 0;

		before += own;
		if (samples)
			sample_ring__grant(recorded->ring, cpu, gate, samples,
					   every > 1 ? every : 1);
	}
}

int sample_grants__by_rate(struct recorded *recorded, size_t count, __u32 rate_pps,
			   struct errmsg *why)
{
	struct sample_demand *demands = calloc(count * SAMPLE_GATES, sizeof(*demands));

	if (!demands)
		return errmsg__set(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		if (recorded[i].ring)
			count_demands(&recorded[i], demands + i * SAMPLE_GATES);
	sample_budget__spread(demands, count * SAMPLE_GATES, rate_pps);
	for (size_t number = 0; number < count * SAMPLE_GATES; number++)
		if (demands[number].samples)
			grant_gate(&recorded[number / SAMPLE_GATES], number % SAMPLE_GATES,
				   &demands[number]);
	free(demands);
	return 0;
}

void sample_grants__every(struct recorded *recorded, __u32 every)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
			if (recorded__wants(recorded, gate))
				sample_ring__grant(recorded->ring, cpu, gate, GRANT_OF_ALL, every);
}
