// SPDX-License-Identifier: GPL-2.0-only
// part_full: as part_source, but the back tier refuses all: what evictions into it cost.
#define LAB_MAX_ENDPOINTS 0
#include "perf/bpf/part.bpf.h"

static __always_inline void lab_part(struct cpu_counters *counters, __u32 cpu,
				     const struct request *request)
{
	count_source(counters, cpu, &request->source);
}
