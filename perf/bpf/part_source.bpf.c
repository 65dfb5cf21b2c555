// SPDX-License-Identifier: GPL-2.0-only
// part_source: parse, count the class, and count the source.
#include "perf/bpf/part.bpf.h"

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters = lab_classify(context, cpu, &request);

	if (counters)
		count_source(counters, cpu, &request.source);
	return XDP_PASS;
}
