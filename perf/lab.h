// SPDX-License-Identifier: GPL-2.0-only
// lab: the counters and maps of the lab's own XDP programs, shared with the bench.
//
// Separate from those of the dataplane, so that the baselines do not change with it.
#ifndef PERF_LAB_H
#define PERF_LAB_H

#include <linux/types.h>

#include "common/abi/abi.h"

#define LAB_COUNTERS_MAP "lab_counters"
#define LAB_SOURCES_MAP "lab_sources"

/* Enough entries to count every source of a large flood. */
#define LAB_MAX_SOURCES (1 << 20)

/* The counts of one CPU. */
struct lab_counters {
	__u64 classes[CLASS_COUNT];
	__u64 verdicts[VERDICT_COUNT];
	__u64 bytes;
	__u64 source_failures; /* SYNs of sources that the full map rejected */
};

#endif
