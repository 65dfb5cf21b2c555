// SPDX-License-Identifier: GPL-2.0-only
// address_counts: a count per address, in few bytes per address.
//
// An open-addressing hash in 256 parts that grow one at a time, so that at most one part is held
// twice while growing. An entry is the key and a count, without a pointer: 8 bytes for IPv4.
#ifndef PKTGEN_TRUTH_ADDRESS_COUNTS_H
#define PKTGEN_TRUTH_ADDRESS_COUNTS_H

#include <linux/types.h>
#include <stddef.h>

#define ADDRESS_COUNTS_PARTS 256

struct address_counts_part {
	__u8 *entries; /* of key_bytes + 4 each; free if the count is 0 */
	__u32 capacity;
	__u32 used;
};

struct address_counts {
	__u32 key_bytes;
	__u64 keys; /* distinct keys */
	struct address_counts_part parts[ADDRESS_COUNTS_PARTS];
};

/** address_counts__init() - start empty, for keys of @key_bytes, which is 4 or 16. */
void address_counts__init(struct address_counts *counts, __u32 key_bytes);

/**
 * address_counts__add() - count @key once
 * @part: the part of this key, always the same; chosen by the caller, so that parts can be ordered
 *
 * Return: 0 or -ENOMEM.
 */
int address_counts__add(struct address_counts *counts, __u8 part, const void *key);

/**
 * address_counts__pack() - move the entries of @part to its start; nothing can be added afterwards
 *
 * Return: the number of entries.
 */
__u32 address_counts__pack(struct address_counts *counts, __u8 part);

/** address_counts__key() - entry @index of a packed part. */
const void *address_counts__key(const struct address_counts *counts, __u8 part, __u32 index);

/** address_counts__count() - the count of entry @index of a packed part. */
__u32 address_counts__count(const struct address_counts *counts, __u8 part, __u32 index);

/** address_counts__release() - free the entries; zeroed @counts are fine. */
void address_counts__release(struct address_counts *counts);

#endif
