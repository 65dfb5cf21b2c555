// SPDX-License-Identifier: GPL-2.0-only
// judge_world: the judge on the host, with the maps that it needs and a policy made by hand; for
// one source of each test program, which this header makes a part of.
#ifndef TESTS_JUDGE_WORLD_H
#define TESTS_JUDGE_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "common/replay/host_helpers.h"
#include "tests/policy_image.h"
#include "tests/unit_test.h"
#include "xdp/judge.bpf.h"

#define JUDGE_HZ 250
#define JUDGE_LINES 64 /* of limits and attacks */

struct judge_world {
	struct policy_builder builder;
	struct host_array slots[POLICY_SLOTS];
	struct verdict_counters counters; /* of the one CPU */
	__u64 frames;                     /* that the test has had judged */
};

static inline struct host_array judge_world__array(size_t row_bytes, __u32 rows)
{
	void *start = aligned_alloc(64, rows * row_bytes);

	assert_non_null(start);
	return (struct host_array){memset(start, 0, rows * row_bytes), row_bytes, rows};
}

/** judge_world__init() - no policy, and an empty one begun. @now: jiffies, of its clock */
static inline void judge_world__init(struct judge_world *world, __u32 verified_lines, __u64 now)
{
	*world = (struct judge_world){.counters.virtual_now = now};
	policy_config = (struct policy_config){.cookie_key = {0x0706050403020100ull, 77},
					       .limit_lines = JUDGE_LINES,
					       .verified_lines = verified_lines,
					       .attack_sets = JUDGE_LINES};
	for (int i = 0; i < TABLE_SEEDS; i++)
		policy_config.seeds[i] = (2 * i + 3) * 0x9e3779b97f4a7c15ull;
	limits.array = judge_world__array(sizeof(struct policy_line), JUDGE_LINES);
	verified.array = judge_world__array(sizeof(struct policy_line), verified_lines);
	attacks.array = judge_world__array(sizeof(struct attack_set), JUDGE_LINES);
	policies.array = (struct host_array){world->slots, sizeof(world->slots[0]), POLICY_SLOTS};
	verdict_counters.array = (struct host_array){&world->counters, sizeof(world->counters), 1};
	virtual_clock = true;
	peek = raw_ip = false;
	policy_builder__init(&world->builder, JUDGE_HZ);
}

/** judge_world__put() - what the builder has becomes the policy of a slot. */
static inline void judge_world__put(struct judge_world *world, enum policy_slot slot)
{
	policy_builder__finish(&world->builder);
	world->slots[slot] = (struct host_array){world->builder.chunks, sizeof(struct policy_chunk),
						 world->builder.chunk_count};
}

/** judge_world__free() - free it. */
static inline void judge_world__free(struct judge_world *world)
{
	policy_builder__free(&world->builder);
	free(limits.array.values);
	free(verified.array.values);
	free(attacks.array.values);
}

#endif
