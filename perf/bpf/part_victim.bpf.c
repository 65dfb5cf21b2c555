// SPDX-License-Identifier: GPL-2.0-only
// part_victim: parse, count the class, and count the victim.
#include "perf/bpf/part.bpf.h"

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters = lab_classify(context, cpu, &request);

	if (counters)
		count_victim(counters, cpu, &request.victim, DETAIL_SYNS);
	return XDP_PASS;
}
