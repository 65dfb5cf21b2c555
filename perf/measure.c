// SPDX-License-Identifier: GPL-2.0-only
// measure: rounds over all rows that are measured inside the kernel.
#include "perf/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/progress.h"
#include "perf/sample.h"

#define MAX_ATTEMPTS 10

/* All rows of one suite on one crew, in one round. */
struct pass {
	struct measurement *measurement;
	const struct suite *suite;
	size_t suite_number;
	int crew;
	__u32 round;
	struct target *targets[PROGRAM_COUNT]; /* NULL: not wanted, or unavailable */
	bool interrupted[PROGRAM_COUNT];
	__u64 warmed[PROGRAM_COUNT];
	struct progress *progress;
};

__u32 measure__jobs(const struct measurement *measurement, int crew)
{
	return crew == ON_ONE_CPU ? 1 : measurement->options.jobs;
}

struct cell *measure__cell(const struct measurement *measurement, size_t suite, int crew,
			   size_t traffic, size_t program)
{
	return &measurement->cells[suite][crew][traffic * PROGRAM_COUNT + program];
}

/* The null program is measured for any traffic that another program is measured with. */
static bool measure_wants(const struct pass *pass, size_t program, const struct traffic *traffic)
{
	const char *only = pass->measurement->options.only;
	bool wanted = false;

	if (pass->crew == ON_ALL_CPUS &&
	    (pass->measurement->options.jobs == 1 || traffic->one_cpu_only))
		return false;
	if (program != PROGRAM_NULL)
		return pass->suite->programs & 1u << program &&
		       rows__wanted(&program_rows[program], traffic, only);
	for (size_t i = PROGRAM_NULL + 1; !wanted && i < PROGRAM_COUNT; i++)
		wanted = measure_wants(pass, i, traffic);
	return wanted || rows__wanted(&program_rows[PROGRAM_NULL], traffic, only);
}

static __u32 count_wanted(const struct pass *pass, size_t program)
{
	__u32 count = 0;

	for (size_t i = 0; i < pass->suite->traffic_count; i++)
		count += measure_wants(pass, program, &pass->suite->traffic[i]);
	return count;
}

/* Any program but the null program may be unavailable. */
static int open_targets(struct pass *pass, struct errmsg *why)
{
	for (size_t program = 0; program < PROGRAM_COUNT; program++) {
		struct errmsg *unavailable = &pass->measurement->unavailable[program];
		int err;

		if (unavailable->text[0] || !count_wanted(pass, program))
			continue;
		err = target__open(&program_rows[program], &pass->targets[program], unavailable);
		if (err && !unavailable->text[0])
			errmsg__set(unavailable, err, "%s: %s", program_rows[program].name,
				    strerror(-err));
		if (err && program == PROGRAM_NULL)
			return errmsg__set(why, err, "%s", unavailable->text);
	}
	return 0;
}

static void cell_add(struct cell *cell, const struct sample *sample)
{
	cell->frame_ns[cell->rounds] = sample->frame_ns;
	cell->packets_per_second[cell->rounds++] = sample->packets_per_second;
	cell->frames += sample->frames;
	cell->memory_bytes = sample->memory_bytes;
}

/*
 * The kernel ends a run as a signal does when it needs the process, for example to freeze it. The
 * sample is repeated, but the number of frames of the interrupted run is unknown.
 */
static int take_sample(struct pass *pass, size_t program, const struct sample_plan *plan,
		       struct sample *ret, struct errmsg *why)
{
	int err = -EINTR;

	for (int i = 0; err == -EINTR && i < MAX_ATTEMPTS; i++) {
		err = sample__take(plan, ret, why);
		if (err != -EINTR)
			break;
		pass->interrupted[program] = true;
		pass->measurement->interruptions++;
	}
	return err;
}

/* The order rotates each round, so that no program always runs after the same one. */
static int run_traffic(struct pass *pass, size_t traffic, struct errmsg *why)
{
	struct measurement *measurement = pass->measurement;
	struct sample_plan plan = {
		.traffic = &pass->suite->traffic[traffic],
		.jobs = measure__jobs(measurement, pass->crew),
		.round = pass->round,
		.loops = pass->suite->loops,
		.quick = measurement->options.quick,
	};
	struct sample sample;
	int err = 0;

	for (size_t i = 0; !err && i < PROGRAM_COUNT; i++) {
		size_t program = (i + pass->round) % PROGRAM_COUNT;

		plan.target = pass->targets[program];
		plan.program = &program_rows[program];
		plan.warmed = &pass->warmed[program];
		if (!plan.target || !measure_wants(pass, program, plan.traffic))
			continue;
		err = take_sample(pass, program, &plan, &sample, why);
		if (err)
			break;
		cell_add(measure__cell(measurement, pass->suite_number, pass->crew, traffic,
				       program),
			 &sample);
		progress__update(pass->progress, ++measurement->samples);
	}
	return err;
}

static void measure_reconcile(struct pass *pass)
{
	for (size_t program = 0; program < PROGRAM_COUNT; program++) {
		struct outcome *outcome =
			&pass->measurement->outcomes[pass->suite_number][pass->crew][program];

		outcome->interrupted = pass->interrupted[program];
		if (outcome->interrupted)
			errmsg__set(&outcome->why, -EINTR,
				    "not compared, because a run was interrupted");
		else if (pass->targets[program])
			outcome->reconciled = !target__reconcile(pass->targets[program],
								 &outcome->counts, &outcome->why);
	}
}

static int run_pass(struct pass *pass, struct errmsg *why)
{
	int err = open_targets(pass, why);

	for (size_t i = 0; !err && i < pass->suite->traffic_count; i++)
		err = run_traffic(pass, i, why);
	if (!err && pass->round == pass->measurement->options.rounds - 1)
		measure_reconcile(pass);
	for (size_t program = 0; program < PROGRAM_COUNT; program++)
		target__close(pass->targets[program]);
	return err;
}

static int run_round(struct measurement *measurement, __u32 round, struct progress *progress,
		     struct errmsg *why)
{
	int err = 0;

	for (size_t suite = 0; !err && suite < SUITE_COUNT; suite++)
		for (int crew = 0; !err && crew < CREWS; crew++) {
			struct pass pass = {
				.measurement = measurement,
				.suite = &measurement->rows->suites[suite],
				.suite_number = suite,
				.crew = crew,
				.round = round,
				.progress = progress,
			};

			err = run_pass(&pass, why);
		}
	return err;
}

static __u64 count_samples(struct measurement *measurement)
{
	__u64 count = 0;

	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (int crew = 0; crew < CREWS; crew++)
			for (size_t program = 0; program < PROGRAM_COUNT; program++) {
				const struct pass pass = {
					.measurement = measurement,
					.suite = &measurement->rows->suites[suite],
					.crew = crew,
				};

				count += count_wanted(&pass, program);
			}
	return count * measurement->options.rounds;
}

static int allocate(struct measurement *measurement)
{
	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (int crew = 0; crew < CREWS; crew++) {
			size_t rows = measurement->rows->suites[suite].traffic_count;

			measurement->cells[suite][crew] =
				calloc(rows * PROGRAM_COUNT + 1, sizeof(*measurement->cells[0][0]));
			if (!measurement->cells[suite][crew])
				return -ENOMEM;
		}
	return 0;
}

int measure__run(const struct rows *rows, const struct measure_options *options,
		 struct measurement *ret, struct errmsg *why)
{
	struct progress progress;
	int err;

	*ret = (struct measurement){.rows = rows, .options = *options};
	err = allocate(ret);
	progress__start(&progress, "bench", count_samples(ret));
	for (__u32 round = 0; !err && round < options->rounds; round++)
		err = run_round(ret, round, &progress, why);
	progress__end(&progress);
	if (err)
		measure__free(ret);
	return err;
}

void measure__free(struct measurement *measurement)
{
	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (int crew = 0; crew < CREWS; crew++)
			free(measurement->cells[suite][crew]);
	*measurement = (struct measurement){};
}
