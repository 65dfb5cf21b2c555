// SPDX-License-Identifier: GPL-2.0-only
// sources: a program that counts SYNs per source in one of the kernel's map types.
//
// The including file defines LAB_MAP_TYPE, and optionally LAB_MAP_FLAGS, LAB_PER_CPU (the map has a
// value per CPU) and LAB_VERDICT.
#ifndef PERF_SOURCES_BPF_H
#define PERF_SOURCES_BPF_H

#include "perf/bpf/classes.bpf.h"

#ifndef LAB_MAP_FLAGS
#define LAB_MAP_FLAGS 0
#endif
#ifndef LAB_PER_CPU
#define LAB_PER_CPU 0
#endif
#ifndef LAB_VERDICT
#define LAB_VERDICT XDP_PASS
#endif

struct {
	__uint(type, LAB_MAP_TYPE);
	__uint(map_flags, LAB_MAP_FLAGS);
	__uint(max_entries, LAB_MAX_SOURCES);
	__type(key, struct endpoint);
	__type(value, __u64);
} lab_sources SEC(".maps");

/*
 * Two CPUs may race to insert a source: the one whose BPF_NOEXIST update fails looks the entry of
 * the other up again.
 */
static __always_inline void count_source(struct lab_counters *counters,
					 const struct endpoint *source)
{
	static const __u64 first = 1;
	__u64 *syns = bpf_map_lookup_elem(&lab_sources, source);

	if (!syns) {
		if (!bpf_map_update_elem(&lab_sources, source, &first, BPF_NOEXIST))
			return;
		syns = bpf_map_lookup_elem(&lab_sources, source);
	}
	if (!syns)
		counters->source_failures++;
	else if (LAB_PER_CPU)
		++*syns;
	else
		__sync_fetch_and_add(syns, 1);
}

SEC("xdp.frags")
int lab_count(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = parse(&frame, &request);
	struct lab_counters *counters = count_class(&frame, class, LAB_VERDICT);

	if (!counters)
		return XDP_ABORTED;
	if (class == CLASS_SYN)
		count_source(counters, &request.source);
	return LAB_VERDICT;
}

char LICENSE[] SEC("license") = "GPL";

#endif
