// SPDX-License-Identifier: GPL-2.0-only
// address_counts: how often each address was counted, in few bytes an address.
//
// An open-addressing hash in 256 parts that grow one at a time: while it grows, no more than one
// part is there twice. An entry is the key and a count, without a pointer: 8 bytes for IPv4.
#ifndef PKTGEN_TRUTH_ADDRESS_COUNTS_H
#define PKTGEN_TRUTH_ADDRESS_COUNTS_H

#include <linux/types.h>
#include <stddef.h>

#define CENSUS_PARTS 256
#define CENSUS_MAX_KEY_BYTES 16

struct address_counts_part {
	__u8 *entries; /* of key_bytes + 4 each; a count of 0 is a free one */
	__u32 capacity;
	__u32 used;
};

struct address_counts {
	__u32 key_bytes;
	__u64 keys; /* how many different ones there are */
	struct address_counts_part parts[CENSUS_PARTS];
};

/** address_counts__init() - an empty census of keys of @key_bytes, which is 4 or 16. */
void address_counts__init(struct address_counts *counts, __u32 key_bytes);

/**
 * address_counts__add() - count @key once
 * @part: which part it belongs to, always the same for the same key; the caller chooses, so that
 *	  parts can be made to stand in an order
 *
 * Return: 0 or -ENOMEM.
 */
int address_counts__add(struct address_counts *counts, __u8 part, const void *key);

/**
 * address_counts__pack() - move the entries of @part to its start; nothing can be added to it
 * afterwards
 *
 * Return: how many there are.
 */
__u32 address_counts__pack(struct address_counts *counts, __u8 part);

/** address_counts__key() - entry @index of a packed part. */
const void *address_counts__key(const struct address_counts *counts, __u8 part, __u32 index);

/** address_counts__count() - its count. */
__u32 address_counts__count(const struct address_counts *counts, __u8 part, __u32 index);

/** address_counts__release() - free what the census holds; one of zeros is fine. */
void address_counts__release(struct address_counts *counts);

#endif
