// SPDX-License-Identifier: GPL-2.0-only
// pcapng_block: the blocks of a pcapng file, one by one, and the numbers in them.
//
// A block is: type, total length, body, total length again. All numbers are in the byte order of
// their section. A block is read whole into one buffer.
#include "common/capture/pcapng_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 8
#define TRAILER_BYTES 4
#define BLOCK_MIN_BYTES (HEAD_BYTES + TRAILER_BYTES)
/* What a file asks for is allocated, so it has a bound: far above any frame and its options. */
#define BLOCK_MAX_BYTES ((16U << 20) + (64U << 10))

static int read_failed(const struct pcapng_blocks *blocks, __u32 wanted, size_t got,
		       struct errmsg *why)
{
	int err = -errno;

	if (ferror(blocks->file))
		return errmsg__set(why, err, "cannot read: %s", strerror(-err));
	return errmsg__set(why, -EBADMSG,
			   "the capture is truncated here (wanted %u bytes, %zu are left)", wanted,
			   got);
}

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
	size_t got;
	__u32 bytes;

	if (err)
		return err;
	got = fread(blocks->buffer, 1, BLOCK_MIN_BYTES, blocks->file);
	if (!got && !ferror(blocks->file))
		return 0;
	if (got < BLOCK_MIN_BYTES)
		return read_failed(blocks, BLOCK_MIN_BYTES, got, why);
	if (buffer_u32(blocks, 0) == PCAPNG_SECTION_HEADER)
		err = read_byte_order(blocks, why);
	if (err)
		return err;
	bytes = buffer_u32(blocks, 4);
	if (bytes < BLOCK_MIN_BYTES || bytes > BLOCK_MAX_BYTES || bytes % 4)
		return errmsg__set(why, -EBADMSG,
				   "a block of %u bytes (must be %u to %u, in steps of 4)", bytes,
				   BLOCK_MIN_BYTES, BLOCK_MAX_BYTES);
	*ret = bytes;
	return 1;
}

int blocks__next(struct pcapng_blocks *blocks, struct pcapng_block *ret, struct errmsg *why)
{
	__u32 bytes = 0, trailer;
	size_t got;
	int err;

	err = read_head(blocks, &bytes, why);
	if (err <= 0)
		return err;
	err = reserve(blocks, bytes, why);
	if (err)
		return err;
	got = BLOCK_MIN_BYTES +
	      fread(blocks->buffer + BLOCK_MIN_BYTES, 1, bytes - BLOCK_MIN_BYTES, blocks->file);
	if (got < bytes)
		return read_failed(blocks, bytes, got, why);
	trailer = buffer_u32(blocks, bytes - TRAILER_BYTES);
	if (trailer != bytes)
		return errmsg__set(why, -EBADMSG, "a block of %u bytes has a trailer of %u", bytes,
				   trailer);
	*ret = (struct pcapng_block){
		.type = buffer_u32(blocks, 0),
		.swapped = blocks->swapped,
		.body = blocks->buffer + HEAD_BYTES,
		.bytes = bytes - BLOCK_MIN_BYTES,
	};
	return 1;
}

void blocks__free(struct pcapng_blocks *blocks)
{
	free(blocks->buffer);
}
