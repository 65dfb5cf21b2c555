// SPDX-License-Identifier: GPL-2.0-only
// crew: the same program fed on several CPUs at the same time.
#ifndef PERF_CREW_H
#define PERF_CREW_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "perf/traffic.h"

/* More CPUs than that would spend their time waiting for each other to be started. */
#define CREW_MAX 64

struct crew;

/* What one run took. */
struct crew_result {
	__u64 frames;              /* on all CPUs, loops included */
	double frame_ns;           /* what a frame took, as the mean of the CPUs */
	double packets_per_second; /* the CPUs' rates added up */
};

/** crew__cpus() - how many CPUs this process may run on, CREW_MAX at most. */
__u32 crew__cpus(void);

/**
 * crew__open() - a feeder for each of @jobs CPUs, CREW_MAX at most
 * @program_fd: stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int crew__open(int program_fd, __u32 jobs, struct crew **ret, struct errmsg *why);

/**
 * crew__run() - a batch for each CPU, made first, then run by all of them together
 * @batches: one for each CPU
 * @loops: how often each is run
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int crew__run(struct crew *crew, const struct traffic *traffic, const struct traffic_batch *batches,
	      __u32 loops, struct crew_result *ret, struct errmsg *why);

/** crew__close() - free; NULL is fine. */
void crew__close(struct crew *crew);

#endif
