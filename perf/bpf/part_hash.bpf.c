// SPDX-License-Identifier: GPL-2.0-only
// part_hash: parse, count the class, and hash the source.
#include "perf/bpf/part.bpf.h"

static __always_inline void lab_part(struct cpu_counters *counters, __u32 cpu,
				     const struct request *request)
{
	__u64 hash = source_hash(&request->source);

	asm volatile("" : : "r"(hash)); /* an unused result would be optimized away */
}
