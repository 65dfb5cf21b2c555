// SPDX-License-Identifier: GPL-2.0-only
// pcapng_block: the blocks of a pcapng file, one by one, and the numbers in them.
#ifndef COMMON_CAPTURE_PCAPNG_BLOCK_H
#define COMMON_CAPTURE_PCAPNG_BLOCK_H

#include <linux/types.h>
#include <byteswap.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/errmsg.h"

/* The first word of a section header's body. */
#define PCAPNG_BYTE_ORDER_MAGIC 0x1a2b3c4dU
#define PCAPNG_VERSION_MAJOR 1

/* Types of blocks. */
enum {
	PCAPNG_INTERFACE = 1,
	PCAPNG_PACKET = 2, /* obsolete, but found in old captures */
	PCAPNG_SIMPLE_PACKET = 3,
	PCAPNG_STATISTICS = 5, /* of an interface */
	PCAPNG_ENHANCED_PACKET = 6,
	PCAPNG_SECTION_HEADER = 0x0a0d0d0a, /* the same in either byte order */
};

/* Options of any block. */
enum { PCAPNG_OPTION_END = 0, PCAPNG_OPTION_COMMENT = 1 };

/* Options of a section. */
enum { PCAPNG_SECTION_OS = 3, PCAPNG_SECTION_APPLICATION = 4 };

/* Options of an interface. */
enum {
	PCAPNG_OPTION_NAME = 2,
	PCAPNG_OPTION_DESCRIPTION = 3,
	PCAPNG_OPTION_TSRESOL = 9,
	PCAPNG_OPTION_TSOFFSET = 14,
};

/* Options of an enhanced packet. */
enum {
	PCAPNG_PACKET_FLAGS = 2,
	PCAPNG_PACKET_DROPCOUNT = 4,
	PCAPNG_PACKET_ID = 5,
	PCAPNG_PACKET_QUEUE = 6,
	PCAPNG_PACKET_VERDICT = 7,
};

/* Options of statistics. */
enum {
	PCAPNG_STATISTICS_RECEIVED = 4,
	PCAPNG_STATISTICS_ACCEPTED = 6,
	PCAPNG_STATISTICS_OS_DROPPED = 7,
	PCAPNG_STATISTICS_DELIVERED = 8,
};

#define PCAPNG_FLAG_INBOUND 1 /* without a length of the FCS, which XDP never sees */
#define PCAPNG_VERDICT_XDP 2  /* type of a verdict: enum xdp_action follows, in 8 bytes */

/* Longer blocks are skipped beyond this: room for any frame. */
#define PCAPNG_LOADED_MAX (1U << 20)

/* A reader of blocks. */
struct pcapng_blocks {
	FILE *file;
	bool swapped; /* the section has the other byte order */
	__u8 *buffer; /* the last block */
	__u32 buffer_bytes;
};

/* A block; its body stays valid until the next one is read. */
struct pcapng_block {
	__u32 type;
	bool swapped;
	const __u8 *body;
	__u32 bytes;  /* of body in the file, a multiple of 4 */
	__u32 loaded; /* of body in memory, up to PCAPNG_LOADED_MAX */
};

/* Data and options are padded to 4 bytes. */
static inline __u32 pcapng__pad(__u32 bytes)
{
	return (bytes + 3) & ~3U;
}

/* Numbers in a body, whose length the caller has checked. Inline: a frame has five of them. */
static inline __u16 block__u16(const struct pcapng_block *block, __u32 offset)
{
	__u16 value;

	memcpy(&value, block->body + offset, sizeof(value));
	return block->swapped ? bswap_16(value) : value;
}

static inline __u32 block__u32(const struct pcapng_block *block, __u32 offset)
{
	__u32 value;

	memcpy(&value, block->body + offset, sizeof(value));
	return block->swapped ? bswap_32(value) : value;
}

static inline __u64 block__u64(const struct pcapng_block *block, __u32 offset)
{
	__u64 value;

	memcpy(&value, block->body + offset, sizeof(value));
	return block->swapped ? bswap_64(value) : value;
}

/**
 * blocks__next() - read the next block
 * @blocks: before the first block all zeros except for the file
 *
 * Return: 1 with *@ret set, 0 at the end of the file, or a negative errno with @why set.
 */
int blocks__next(struct pcapng_blocks *blocks, struct pcapng_block *ret, struct errmsg *why);

/** blocks__free() - free the buffer; the file stays open. */
void blocks__free(struct pcapng_blocks *blocks);

#endif
