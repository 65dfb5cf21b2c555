// SPDX-License-Identifier: GPL-2.0-only
// count: one SYN more for a source.
#ifndef XDP_COUNT_BPF_H
#define XDP_COUNT_BPF_H

#include "maps.bpf.h"

/*
 * The first SYN of a source inserts, and two CPUs may race for it: the loser of BPF_NOEXIST finds
 * the winner's entry by looking again. A SYN that finds no place is counted as a failure.
 */
static __always_inline void count_source(struct counters *counters, const struct source *source)
{
	static const __u64 first = 1;
	__u64 *syns = bpf_map_lookup_elem(&sources_map, source);

	if (!syns) {
		if (!bpf_map_update_elem(&sources_map, source, &first, BPF_NOEXIST))
			return;
		syns = bpf_map_lookup_elem(&sources_map, source);
	}
	/* Several CPUs share the entry. */
	if (syns)
		__sync_fetch_and_add(syns, 1);
	else
		counters->source_failures++;
}

#endif
