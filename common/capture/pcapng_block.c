// SPDX-License-Identifier: GPL-2.0-only
// pcapng_block: the blocks of a pcapng file, one by one, and the numbers in them.
//
// A block is: type, total length, body, total length again. All numbers are in the byte order of
// their section. A block is read into one buffer; of a very long one only the beginning.
#include "common/capture/pcapng_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/capture/stream.h"

#define HEAD_BYTES 8
#define TRAILER_BYTES 4
#define BLOCK_MIN_BYTES (HEAD_BYTES + TRAILER_BYTES)

static int reserve(struct pcapng_blocks *blocks, __u32 bytes, struct errmsg *why)
{
	__u8 *buffer;

	if (bytes <= blocks->buffer_bytes)
		return 0;
	buffer = realloc(blocks->buffer, bytes);
	if (!buffer)
		return errmsg__set(why, -ENOMEM, "out of memory");
	blocks->buffer = buffer;
	blocks->buffer_bytes = bytes;
	return 0;
}

/* The first word of a section header's body gives the byte order, also of the length before it. */
static int read_byte_order(struct pcapng_blocks *blocks, struct errmsg *why)
{
	__u32 magic;

	memcpy(&magic, blocks->buffer + HEAD_BYTES, sizeof(magic));
	if (magic != PCAPNG_BYTE_ORDER_MAGIC && magic != bswap_32(PCAPNG_BYTE_ORDER_MAGIC))
		return errmsg__set(why, -EBADMSG, "a section header without a byte-order magic");
	blocks->swapped = magic != PCAPNG_BYTE_ORDER_MAGIC;
	return 0;
}

static __u32 buffer_u32(const struct pcapng_blocks *blocks, __u32 offset)
{
	const struct pcapng_block all = {.body = blocks->buffer, .swapped = blocks->swapped};

	return block__u32(&all, offset);
}

/*
 * Reads the type, the length and the next four bytes, which every block has.
 *
 * Return: as blocks__next(), with the length of the block in *@ret.
 */
static int read_head(struct pcapng_blocks *blocks, __u32 *ret, struct errmsg *why)
{
	int err = reserve(blocks, BLOCK_MIN_BYTES, why);
	__u32 bytes;

	if (err)
		return err;
	err = stream__begin(blocks->file, blocks->buffer, BLOCK_MIN_BYTES, why);
	if (err <= 0)
		return err;
	if (buffer_u32(blocks, 0) == PCAPNG_SECTION_HEADER) {
		err = read_byte_order(blocks, why);
		if (err)
			return err;
	}
	bytes = buffer_u32(blocks, 4);
	if (bytes < BLOCK_MIN_BYTES || bytes % 4)
		return errmsg__set(why, -EBADMSG,
				   "a block of %u bytes (must be at least %u, in steps of 4)",
				   bytes, BLOCK_MIN_BYTES);
	*ret = bytes;
	return 1;
}

/* Reads all of a block after its first BLOCK_MIN_BYTES, and keeps @loaded bytes of its body. */
static int read_rest(struct pcapng_blocks *blocks, __u32 body, __u32 loaded, struct errmsg *why)
{
	__u8 *next = blocks->buffer + BLOCK_MIN_BYTES;
	int err;

	if (loaded == body)
		return stream__read(blocks->file, next, body, why);
	err = stream__read(blocks->file, next, loaded - TRAILER_BYTES, why);
	if (err)
		return err;
	err = stream__skip(blocks->file, body - loaded, why);
	if (err)
		return err;
	return stream__read(blocks->file, next + loaded - TRAILER_BYTES, TRAILER_BYTES, why);
}

int blocks__next(struct pcapng_blocks *blocks, struct pcapng_block *ret, struct errmsg *why)
{
	__u32 bytes = 0, body, loaded, trailer;
	int err;

	err = read_head(blocks, &bytes, why);
	if (err <= 0)
		return err;
	body = bytes - BLOCK_MIN_BYTES;
	loaded = body < PCAPNG_LOADED_MAX ? body : PCAPNG_LOADED_MAX;
	err = reserve(blocks, BLOCK_MIN_BYTES + loaded, why);
	if (err)
		return err;
	err = read_rest(blocks, body, loaded, why);
	if (err)
		return err;
	trailer = buffer_u32(blocks, HEAD_BYTES + loaded);
	if (trailer != bytes)
		return errmsg__set(why, -EBADMSG, "a block of %u bytes has a trailer of %u", bytes,
				   trailer);
	*ret = (struct pcapng_block){
		.type = buffer_u32(blocks, 0),
		.swapped = blocks->swapped,
		.body = blocks->buffer + HEAD_BYTES,
		.bytes = body,
		.loaded = loaded,
	};
	return 1;
}

void blocks__free(struct pcapng_blocks *blocks)
{
	free(blocks->buffer);
}
