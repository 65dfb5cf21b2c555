// SPDX-License-Identifier: GPL-2.0-only
// measure: rounds over all rows that are measured inside the kernel.
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
	__u32 jobs;       /* CPUs of the runs on all CPUs */
	bool quick;       /* few frames: a functional test */
	const char *only; /* as for rows__wanted() */
};

/* The measurements of one program with one kind of traffic. */
struct cell {
	__u32 rounds; /* completed */
	double frame_ns[SAMPLES_MAX];
	double packets_per_second[SAMPLES_MAX];
	__u64 frames;       /* in all rounds */
	__u64 memory_bytes; /* after the last one */
};

enum { ON_ONE_CPU, ON_ALL_CPUS, CREWS };

/* The counts of a program in the last round of a suite. */
struct outcome {
	bool reconciled;
	struct target_counts counts;
	struct errmsg why; /* set if they do not reconcile or were not compared */
	bool interrupted;  /* unknown which frames were run */
};

struct measurement {
	const struct rows *rows;
	struct measure_options options;
	struct cell *cells[SUITE_COUNT][CREWS]; /* by traffic and program */
	struct outcome outcomes[SUITE_COUNT][CREWS][PROGRAM_COUNT];
	struct errmsg unavailable[PROGRAM_COUNT]; /* why a program cannot run; empty if it can */
	__u64 samples;
	__u32 interruptions;
};

/**
 * measure__run() - measure every row once per round
 *
 * Each round uses fresh memory. So drift of the machine affects all rows alike, and the memory
 * layout is part of the spread.
 *
 * Return: 0 with *@ret to be freed by measure__free(), or a negative errno with @why set. A program
 * that cannot be loaded, or whose counts do not reconcile, is a result.
 */
int measure__run(const struct rows *rows, const struct measure_options *options,
		 struct measurement *ret, struct errmsg *why);

/** measure__cell() - the cell of a row. */
struct cell *measure__cell(const struct measurement *measurement, size_t suite, int crew,
			   size_t traffic, size_t program);

/** measure__jobs() - the number of CPUs of a crew. */
__u32 measure__jobs(const struct measurement *measurement, int crew);

/** measure__free() - free the cells. */
void measure__free(struct measurement *measurement);

#endif
