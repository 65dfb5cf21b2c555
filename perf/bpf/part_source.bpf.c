// SPDX-License-Identifier: GPL-2.0-only
// part_source: parse, count the class, and count the source.
#include "perf/bpf/part.bpf.h"

static __always_inline void lab_part(struct cpu_counters *counters, __u32 cpu,
				     const struct request *request)
{
	count_source(counters, cpu, &request->source);
}
