// SPDX-License-Identifier: GPL-2.0-only
// part_lines: parse, count the class, hash the source, and touch the cache line of its set, without
// fetching it ahead.
#include "perf/bpf/part.bpf.h"

static __always_inline void touch_line(__u32 cpu, __u64 hash)
{
	__u32 number = ipv4_set_number(cpu, hash);
	struct ipv4_group *group = find_ipv4_group(number);

	if (group)
		group->sets[number % IPV4_GROUP_SETS].upper[0]++;
}

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters = lab_classify(context, cpu, &request);

	if (counters)
		touch_line(cpu, source_hash(&request.source));
	return XDP_PASS;
}
