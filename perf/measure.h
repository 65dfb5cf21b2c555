// SPDX-License-Identifier: GPL-2.0-only
// measure: rounds over all rows of the kernel's part of the lab.
#ifndef PERF_MEASURE_H
#define PERF_MEASURE_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "perf/median.h"
#include "perf/rows.h"
#include "perf/target.h"

struct measure_options {
	__u32 rounds;
	__u32 jobs;       /* CPUs in the runs on all of them */
	bool quick;       /* few frames: to see that all works, not how fast */
	const char *only; /* as for rows__wanted() */
};

/* A program that met a kind of traffic. */
struct cell {
	__u32 rounds; /* that were run */
	double frame_ns[STATS_MAX];
	double packets_per_second[STATS_MAX];
	__u64 frames;       /* in all rounds */
	__u64 memory_bytes; /* after the last one */
};

enum { ON_ONE_CPU, ON_ALL_CPUS, CREWS };

/* What a program counted in the last round of a suite. */
struct outcome {
	bool balanced;
	struct books books;
	struct errmsg why; /* it does not balance, or was not compared */
	bool interrupted;  /* by something that is not for this process: unknown what was run */
};

struct measurement {
	const struct rows *rows;
	struct measure_options options;
	struct cell *cells[SUITE_COUNT][CREWS]; /* by traffic and program */
	struct outcome outcomes[SUITE_COUNT][CREWS][PROGRAM_COUNT];
	struct errmsg missing[PROGRAM_COUNT]; /* why a program cannot run, or without a text */
	__u64 samples;
	__u32 interruptions;
};

/**
 * measure__run() - every row, as often as there are rounds
 *
 * In a round each row is run once, in fresh memory, so that a drift of the machine hits all rows
 * alike, and how memory happens to lie is a part of the spread.
 *
 * Return: 0 with *@ret to be freed by measure__free(), or a negative errno with @why set. A program
 * that cannot be loaded, or whose books do not balance, is a result.
 */
int measure__run(const struct rows *rows, const struct measure_options *options,
		 struct measurement *ret, struct errmsg *why);

/** measure__cell() - the cell of a row. */
struct cell *measure__cell(const struct measurement *measurement, size_t suite, int crew,
			   size_t traffic, size_t program);

/** measure__jobs() - on how many CPUs. */
__u32 measure__jobs(const struct measurement *measurement, int crew);

/** measure__free() - free what it holds. */
void measure__free(struct measurement *measurement);

#endif
