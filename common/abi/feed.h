// SPDX-License-Identifier: GPL-2.0-only
// feed: the contract between the feeder program and user space: the layout of a capture in its
// maps.
#ifndef COMMON_ABI_FEED_H
#define COMMON_ABI_FEED_H

#include <linux/types.h>

/* The kernel's limits on a BPF_PROG_TEST_RUN packet of one page: at least an Ethernet header, at
 * most 4096 bytes less headroom (256) and struct skb_shared_info (320). */
#define FEED_MIN_FRAME_BYTES 14
#define FEED_MAX_FRAME_BYTES 3520

/* Large batches, because a repeated BPF_PROG_TEST_RUN takes 17 to 20 ms before its first run; but
 * small enough for the last cache level, where frames are fed faster: 9 MiB in all. */
#define FEED_MAX_FRAMES 131072
#define FEED_BLOCK_BYTES (1u << 20)
#define FEED_BLOCKS 8

struct feed_frame {
	__u32 offset; /* of the first byte, below FEED_BLOCKS * FEED_BLOCK_BYTES */
	__u32 bytes;
};

/* A frame may start anywhere in the first FEED_BLOCK_BYTES. */
struct feed_block {
	__u8 bytes[FEED_BLOCK_BYTES + FEED_MAX_FRAME_BYTES];
};

#endif
