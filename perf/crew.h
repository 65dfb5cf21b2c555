// SPDX-License-Identifier: GPL-2.0-only
// crew: one program, fed on several CPUs at the same time.
#ifndef PERF_CREW_H
#define PERF_CREW_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "perf/traffic.h"

/* More CPUs would mostly wait for each other to start. */
#define CREW_MAX 64

struct crew;

/* The result of one run. */
struct crew_result {
	__u64 frames;              /* on all CPUs, loops included */
	double frame_ns;           /* time per frame, mean over the CPUs */
	double packets_per_second; /* sum over the CPUs */
};

/** crew__cpus() - the number of CPUs that this process may run on, at most CREW_MAX. */
__u32 crew__cpus(void);

/**
 * crew__open() - a feeder for each of @jobs CPUs, at most CREW_MAX
 * @program_fd: owned by the caller
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int crew__open(int program_fd, __u32 jobs, struct crew **ret, struct errmsg *why);

/**
 * crew__run() - build a batch on each CPU, then run all of them together
 * @batches: one per CPU
 * @loops: repetitions of each batch
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int crew__run(struct crew *crew, const struct traffic *traffic, const struct traffic_batch *batches,
	      __u32 loops, struct crew_result *ret, struct errmsg *why);

/** crew__close() - free; NULL is fine. */
void crew__close(struct crew *crew);

#endif
