// SPDX-License-Identifier: GPL-2.0-only
// ranges: how prefixes are laid out in a policy's map, for finding what holds for an address.
//
// The prefixes of a family become disjoint ranges: sorted addresses, and the decision that holds
// from each one to the next. They are in an array of chunks, because a map's value may have at most
// 4 MiB before Linux 6.11, and an array of chunks can be mapped.
//
// IPv4: entries of 32 bits, the low half of a range's first address above its decision. Those of a
// /16 are a segment, whose first entry covers the beginning of the /16, and which lies in one
// chunk. A binary search of the segment takes a single load a step.
//
// IPv6: the high halves of the first addresses form a search tree of nodes of a cache line: eight
// keys, nine children, without pointers (node n has the children 9n + 1 to 9n + 9). Comparisons
// without branches need the topmost bit, so that addresses with and without it have trees of their
// own. Where ranges differ within a high half, its value leads to a list of low halves.
#ifndef COMMON_ABI_RANGES_H
#define COMMON_ABI_RANGES_H

#include <linux/types.h>

#define RANGES_CHUNK_BYTES (1u << 21)
#define RANGES_V4_SEGMENTS 65536
#define RANGES_V6_TREES 2
#define RANGES_V6_KEYS 8   /* of a node */
#define RANGES_V6_LEVELS 7 /* for 4.7 million keys */
#define RANGES_MAX_DECISION 0xffffu

/* More than any key that is compared with it. */
#define RANGES_V6_NO_KEY (1ull << 63)

/* Of a value: the rest is the number of the first entry of a list. */
#define RANGES_V6_LIST (1u << 31)

#define RANGES_V4_PER_CHUNK (RANGES_CHUNK_BYTES / sizeof(__u32))
#define RANGES_NODES_PER_CHUNK (RANGES_CHUNK_BYTES / sizeof(struct ranges_node))
#define RANGES_VALUES_PER_CHUNK (RANGES_CHUNK_BYTES / sizeof(__u32))
#define RANGES_LOWS_PER_CHUNK (RANGES_CHUNK_BYTES / sizeof(struct ranges_low))

struct ranges_node {
	__u64 keys[RANGES_V6_KEYS]; /* without the topmost bit, ascending */
};

/* A list does not leave its chunk. */
struct ranges_low {
	__u64 first;
	__u32 decision;
	__u32 count; /* of the list, in its first entry, whose first address is 0 */
};

struct ranges_tree {
	__u32 first_node;
	__u32 node_count;
};

/* In chunk 0. */
struct ranges_header {
	/* Numbers of chunks. The values have the order of the nodes' keys. */
	__u32 v4_chunk, node_chunk, value_chunk, low_chunk;
	struct ranges_tree trees[RANGES_V6_TREES];
	__u32 v4_segments[RANGES_V4_SEGMENTS + 1]; /* the first entry of each, and of none */
};

#endif
