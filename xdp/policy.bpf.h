// SPDX-License-Identifier: GPL-2.0-only
// policy: the maps of a policy, and which of its two slots rules.
#ifndef XDP_POLICY_BPF_H
#define XDP_POLICY_BPF_H

#include <linux/bpf.h>

#ifdef __bpf__
#include <bpf/bpf_helpers.h>
#endif

#include "common/abi/compiler.h"
#include "common/abi/policy.h"

/*
 * Set before the load. peek: decide, but leave clocks and attacks as they are. virtual_clock: the
 * time is that of the frames, see struct verdict_counters.
 */
LOAD_CONSTANT struct policy_config policy_config;
LOAD_CONSTANT bool peek;
LOAD_CONSTANT bool virtual_clock;

/* Chunks of a policy; their number is policy_chunks(). By sizes: of the types in an inner map,
 * clang 14 emits no more than names. */
struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct policy_chunk));
};

/* One lookup a frame, so that a frame sees one policy as a whole. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POLICY_SLOTS);
	__type(key, __u32);
	__array(values, struct policy_map);
} policies SEC(".maps");

struct line_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct policy_line);
};

struct line_map limits SEC(".maps");
struct line_map verified SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct attack_set);
} attacks SEC(".maps");

/* Of the interface, by CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct verdict_counters);
} verdict_counters SEC(".maps");

/* The policy that rules a frame. */
struct ruling {
	void *chunks; /* its map */
	const struct policy_image *image;
	__u64 now; /* jiffies */
};

static __always_inline const struct policy_image *policy_at(enum policy_slot slot,
							    void **ret_chunks)
{
	__u32 number = slot, first = 0;
	void *chunks = bpf_map_lookup_elem(&policies, &number);
	const struct policy_chunk *chunk = chunks ? bpf_map_lookup_elem(chunks, &first) : NULL;

	*ret_chunks = chunks;
	return chunk ? (const struct policy_image *)chunk->bytes : NULL;
}

/* Return: false if there is no policy. */
static __always_inline bool policy__find(const struct verdict_counters *counters,
					 struct ruling *ret)
{
	ret->now = virtual_clock ? counters->virtual_now : bpf_jiffies64();
	ret->image = policy_at(POLICY_CANDIDATE, &ret->chunks);
	if (ret->image && policy_rules_at(ret->image->header.deadline, ret->now))
		return true;
	ret->image = policy_at(POLICY_CONFIRMED, &ret->chunks);
	return ret->image;
}

#endif
