// SPDX-License-Identifier: GPL-2.0-only
// lab: the contract between the lab's own XDP programs and the bench: what they count, and where.
//
// Counters and maps are the lab's alone, so that the baselines stay what they are when those of the
// dataplane change.
#ifndef PERF_LAB_H
#define PERF_LAB_H

#include <linux/types.h>

#include "common/abi/abi.h"

#define LAB_COUNTERS_MAP "lab_counters"
#define LAB_SOURCES_MAP "lab_sources"

/* As many entries as a host that wants to count everyone would give it. */
#define LAB_MAX_SOURCES (1 << 20)

/* What one CPU has seen. */
struct lab_counters {
	__u64 classes[CLASS_COUNT];
	__u64 verdicts[VERDICT_COUNT];
	__u64 bytes;
	__u64 source_failures; /* SYNs whose source found no place in the map */
};

#endif
