// SPDX-License-Identifier: GPL-2.0-only
// part_hash: parse, count the class, and hash the source.
#include "perf/bpf/part.bpf.h"

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters = lab_classify(context, cpu, &request);

	if (counters) {
		__u64 hash = source_hash(&request.source);

		asm volatile("" : : "r"(hash)); /* an unused result would be optimized away */
	}
	return XDP_PASS;
}
