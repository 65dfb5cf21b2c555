// SPDX-License-Identifier: GPL-2.0-only
// sample: one measurement of the time per frame of one kind in one program.
#ifndef PERF_SAMPLE_H
#define PERF_SAMPLE_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "perf/rows.h"
#include "perf/target.h"

struct sample_plan {
	struct target *target;
	const struct program_row *program;
	const struct traffic *traffic;
	__u32 jobs;
	__u32 round; /* selects the frames, the same for all programs */
	__u32 loops; /* repetitions of a measured batch */
	bool quick;  /* few frames */
	/* Number of sources, from the first one, that earlier samples of this target have inserted.
	 */
	__u64 *warmed;
};

struct sample {
	double frame_ns;           /* on each CPU */
	double packets_per_second; /* on all of them together */
	__u64 frames;              /* measured */
	__u64 memory_bytes;        /* of the program's maps, afterwards */
};

/**
 * sample__take() - warm up, measure, and report the frames to the target
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int sample__take(const struct sample_plan *plan, struct sample *ret, struct errmsg *why);

#endif
