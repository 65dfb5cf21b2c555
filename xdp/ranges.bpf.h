// SPDX-License-Identifier: GPL-2.0-only
// ranges: finds the decision that holds for an address. Also compiles on the host.
//
// Searches have no branches that depend on what they find: for a random address each would be
// mispredicted every other time, at the cost of several steps.
#ifndef XDP_RANGES_BPF_H
#define XDP_RANGES_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

#ifdef __bpf__
#include <bpf/bpf_helpers.h>
#endif

#include "common/abi/compiler.h"
#include "common/abi/ranges.h"

/* 65,536 entries, and one that covers what is before the first one. */
#define RANGES_V4_STEPS 17
/* The longest list fills a chunk. */
#define RANGES_LOW_STEPS 17

/* All bits if @a < @b, else none; both below 2^63. */
static __always_inline __u64 less_mask(__u64 a, __u64 b)
{
	__u64 mask = (__s64)(a - b) >> 63;

	barrier_var(mask);
	return mask;
}

/*
 * @ranges: an array map of chunks
 * @address: in host byte order
 *
 * Return: the decision; 0 if a chunk is missing.
 */
static __always_inline __u32 ranges__find_ipv4(void *ranges, const struct ranges_header *header,
					       __u32 address)
{
	__u32 segment = address >> 16, base, count, chunk;
	__u64 last = (address & 0xffff) << 16 | RANGES_MAX_DECISION;
	const __u32 *entries;

	/* clang makes a swap of two bytes of it, whose bounds older verifiers do not know. */
	barrier_var(segment);
	segment %= RANGES_V4_SEGMENTS;
	base = header->v4_segments[segment];
	count = header->v4_segments[segment + 1] - base;
	chunk = header->v4_chunk + base / RANGES_V4_PER_CHUNK;
	entries = bpf_map_lookup_elem(ranges, &chunk);
	if (!entries)
		return 0;
	for (int step = 0; step < RANGES_V4_STEPS && count > 1; step++) {
		__u32 half = count / 2;
		__u32 entry = entries[(base + half) % RANGES_V4_PER_CHUNK];

		base += half & ~less_mask(last, entry);
		count -= half;
	}
	return entries[base % RANGES_V4_PER_CHUNK] & RANGES_MAX_DECISION;
}

/* Within a high half of an IPv6 address. @number: of the first entry of a list */
static __always_inline __u32 ranges__find_low(void *ranges, const struct ranges_header *header,
					      __u32 number, __u64 low)
{
	__u32 chunk = header->low_chunk + number / RANGES_LOWS_PER_CHUNK, count;
	const struct ranges_low *lows = bpf_map_lookup_elem(ranges, &chunk);

	if (!lows)
		return 0;
	count = lows[number % RANGES_LOWS_PER_CHUNK].count;
	for (int step = 0; step < RANGES_LOW_STEPS && count > 1; step++) {
		__u32 half = count / 2;

		/* Few addresses get here: a branch does. */
		if (lows[(number + half) % RANGES_LOWS_PER_CHUNK].first <= low)
			number += half;
		count -= half;
	}
	return lows[number % RANGES_LOWS_PER_CHUNK].decision;
}

static __always_inline __u32 count_up_to(const struct ranges_node *node, __u64 key)
{
	__u32 count = RANGES_V6_KEYS;

	for (int i = 0; i < RANGES_V6_KEYS; i++)
		count -= (key - node->keys[i]) >> 63;
	return count;
}

/* As ranges__find_ipv4(). @high, @low: the halves of the address, in host byte order */
static __always_inline __u32 ranges__find_ipv6(void *ranges, const struct ranges_header *header,
					       __u64 high, __u64 low)
{
	const struct ranges_tree *tree = &header->trees[high >> 63];
	__u32 first_node = tree->first_node, node_count = tree->node_count;
	__u64 key = high & ~RANGES_V6_NO_KEY;
	__u32 number = 0, found = first_node * RANGES_V6_KEYS, chunk, value;
	const __u32 *values;

	for (int level = 0; level < RANGES_V6_LEVELS && number < node_count; level++) {
		__u32 at = first_node + number, count, last;
		const struct ranges_node *nodes;

		chunk = header->node_chunk + at / RANGES_NODES_PER_CHUNK;
		nodes = bpf_map_lookup_elem(ranges, &chunk);
		if (!nodes)
			return 0;
		count = count_up_to(&nodes[at % RANGES_NODES_PER_CHUNK], key);
		last = at * RANGES_V6_KEYS + count - 1;
		found += (last - found) & less_mask(0, count);
		number = 9 * number + 1 + count;
	}
	chunk = header->value_chunk + found / RANGES_VALUES_PER_CHUNK;
	values = bpf_map_lookup_elem(ranges, &chunk);
	if (!values)
		return 0;
	value = values[found % RANGES_VALUES_PER_CHUNK];
	if (value & RANGES_V6_LIST)
		return ranges__find_low(ranges, header, value & ~RANGES_V6_LIST, low);
	return value;
}

#endif
