// SPDX-License-Identifier: GPL-2.0-only
// part_lines: parse, count the class, hash the source, and touch the two cache lines of its set
// that a hit needs, without fetching them ahead.
#include "perf/bpf/part.bpf.h"

static __always_inline void touch_lines(__u32 cpu, __u64 hash)
{
	__u32 number = set_number(TABLE_SOURCES, cpu, hash);
	struct table_set *set = bpf_map_lookup_elem(&sources_front, &number);

	if (set)
		set->upper[0] += 1 + set->entries[hash % TABLE_WAYS].error; /* which stays 0 */
}

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters = lab_classify(context, cpu, &request);

	if (counters)
		touch_lines(cpu, source_hash(&request.source));
	return XDP_PASS;
}
