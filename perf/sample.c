// SPDX-License-Identifier: GPL-2.0-only
// sample: one measurement of the time per frame of one kind in one program.
#include "perf/sample.h"

#include "common/abi/feed.h"
#include "perf/crew.h"

#define QUICK_FRAMES 512

/* With more sources than frames in a batch, several batches are measured; with fewer, one batch is
 * repeated: 50 to 300 ms of work, against a fixed cost of 20 ms per run. */
#define FRESH_BATCHES 2

/* CPUs start one by one, some 10 ms apart: with more than these, each runs more loops. */
#define CREW_OF_EQUAL_LOOPS 4

/* Warm-up ends here: the number of entries of the largest map. */
#define WARM_FRAMES_LOG2 20

/* Above the numbers of all warm-up batches. */
#define MEASURED_NUMBER 1024

static __u32 batch_frames(const struct sample_plan *plan)
{
	return plan->quick ? QUICK_FRAMES : FEED_MAX_FRAMES;
}

/* Common to the batches of all CPUs. */
struct batch_plan {
	__u32 number; /* unique within a sample */
	__u32 loops;
	bool each_once;
	__u32 first_turn;
};

static int run_batch(const struct sample_plan *plan, struct crew *crew,
		     const struct batch_plan *batch, struct crew_result *ret, struct errmsg *why)
{
	struct traffic_batch batches[CREW_MAX];
	__u32 frames = batch_frames(plan);
	int err;

	for (__u32 job = 0; job < plan->jobs; job++)
		batches[job] = (struct traffic_batch){
			.seed = (__u64)(plan->round + 1) << 40 | (__u64)batch->number << 16 | job,
			.frames = frames,
			.each_once = batch->each_once,
			.first_turn = batch->first_turn + job * frames,
		};
	err = crew__run(crew, plan->traffic, batches, batch->loops, ret, why);
	if (!err)
		target__note(plan->target, ret->frames, plan->traffic->class);
	return err;
}

/*
 * Sends every source once that no earlier sample has inserted, and at least one batch, so that the
 * measurement runs on a stable table.
 */
static int warm_up(const struct sample_plan *plan, struct crew *crew, struct errmsg *why)
{
	const __u64 frames = (__u64)batch_frames(plan) * plan->jobs;
	const __u32 log2 = plan->traffic->sources_log2;
	const __u64 population = 1ull << (log2 < WARM_FRAMES_LOG2 ? log2 : WARM_FRAMES_LOG2);
	const bool is_needed = plan->program->counts_sources && *plan->warmed < population;
	struct batch_plan batch = {.loops = 1, .each_once = log2 <= WARM_FRAMES_LOG2};
	__u64 done = is_needed ? *plan->warmed : 0;
	struct crew_result ignored;
	int err;

	do {
		batch.first_turn = done;
		err = run_batch(plan, crew, &batch, &ignored, why);
		batch.number++;
		done += frames;
	} while (!err && is_needed && done < population);
	if (!err && is_needed)
		*plan->warmed = population;
	return err;
}

static int measure(const struct sample_plan *plan, struct crew *crew, struct sample *ret,
		   struct errmsg *why)
{
	const bool is_fresh = 1ull << plan->traffic->sources_log2 > FEED_MAX_FRAMES;
	__u32 batches = is_fresh && !plan->quick ? FRESH_BATCHES : 1;
	struct batch_plan batch = {.number = MEASURED_NUMBER, .loops = 1};
	struct sample sample = {};
	struct crew_result result;
	int err = 0;

	if (!is_fresh && !plan->quick)
		batch.loops = plan->loops * (1 + (plan->jobs - 1) / CREW_OF_EQUAL_LOOPS);
	for (__u32 i = 0; !err && i < batches; i++, batch.number++) {
		err = run_batch(plan, crew, &batch, &result, why);
		if (err)
			return err;
		sample.frames += result.frames;
		sample.frame_ns += result.frame_ns / batches;
		sample.packets_per_second += result.packets_per_second / batches;
	}
	sample.memory_bytes = target__memory_bytes(plan->target);
	*ret = sample;
	return err;
}

int sample__take(const struct sample_plan *plan, struct sample *ret, struct errmsg *why)
{
	struct crew *crew;
	int err;

	err = crew__open(target__program_fd(plan->target), plan->jobs, &crew, why);
	if (err)
		return err;
	if (!plan->quick && !plan->traffic->capture)
		err = warm_up(plan, crew, why);
	if (!err)
		err = measure(plan, crew, ret, why);
	crew__close(crew);
	return err;
}
