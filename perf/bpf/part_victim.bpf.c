// SPDX-License-Identifier: GPL-2.0-only
// part_victim: parse, count the class, and count the victim.
#include "perf/bpf/part.bpf.h"

static __always_inline void lab_part(struct cpu_counters *counters, __u32 cpu,
				     const struct request *request)
{
	count_victim(counters, cpu, &request->victim, DETAIL_SYNS);
}
