// SPDX-License-Identifier: GPL-2.0-only
// address_counts: a count per address, in few bytes per address.
#include "pktgen/truth/address_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pktgen/frames/rng.h"

#define FIRST_CAPACITY 16

/* Always inlined with a constant key size, so that IPv4 does not pay for the general case. */
#define SPECIALIZED static inline __attribute__((always_inline))

static __u32 entry_bytes(const struct address_counts *counts)
{
	return counts->key_bytes + sizeof(__u32);
}

SPECIALIZED __u64 key_hash(const __u8 *key, __u32 key_bytes)
{
	__u64 low = 0, high = 0;

	if (key_bytes == 4) {
		memcpy(&low, key, 4);
		return mix64(low);
	}
	memcpy(&low, key, 8);
	memcpy(&high, key + 8, 8);
	return mix64(mix64(low) + high);
}

SPECIALIZED __u32 get_count(const __u8 *entry, __u32 key_bytes)
{
	__u32 count;

	memcpy(&count, entry + key_bytes, sizeof(count));
	return count;
}

SPECIALIZED void set_count(__u8 *entry, __u32 key_bytes, __u32 count)
{
	memcpy(entry + key_bytes, &count, sizeof(count));
}

/* The entry of @key, or the free one for it. The capacity need not be a power of 2, which would
 * waste up to half of the memory. */
SPECIALIZED __u8 *find_entry(const struct address_counts_part *part, const void *key,
			     __u32 key_bytes)
{
	__u32 index = (key_hash(key, key_bytes) >> 32) * part->capacity >> 32;
	__u8 *entry;

	for (;; index = index + 1 == part->capacity ? 0 : index + 1) {
		entry = part->entries + (size_t)index * (key_bytes + sizeof(__u32));
		if (!get_count(entry, key_bytes) || !memcmp(entry, key, key_bytes))
			return entry;
	}
}

SPECIALIZED int grow_part(struct address_counts_part *part, __u32 key_bytes)
{
	struct address_counts_part larger = {
		.capacity = part->capacity ? part->capacity / 2 * 3 : FIRST_CAPACITY,
		.used = part->used,
	};
	size_t bytes = key_bytes + sizeof(__u32);

	larger.entries = calloc(larger.capacity, bytes);
	if (!larger.entries)
		return -ENOMEM;
	for (__u32 i = 0; i < part->capacity; i++) {
		const __u8 *entry = part->entries + i * bytes;

		if (get_count(entry, key_bytes))
			memcpy(find_entry(&larger, entry, key_bytes), entry, bytes);
	}
	free(part->entries);
	*part = larger;
	return 0;
}

SPECIALIZED int add_key(struct address_counts *counts, struct address_counts_part *part,
			const void *key, __u32 key_bytes)
{
	__u8 *entry;
	__u32 count;

	/* Probe sequences stay short up to a load factor of 7/8. */
	if (part->used >= part->capacity - part->capacity / 8) {
		int err = grow_part(part, key_bytes);

		if (err)
			return err;
	}
	entry = find_entry(part, key, key_bytes);
	count = get_count(entry, key_bytes);
	if (!count) {
		memcpy(entry, key, key_bytes);
		part->used++;
		counts->keys++;
	}
	set_count(entry, key_bytes, count + 1);
	return 0;
}

void address_counts__init(struct address_counts *counts, __u32 key_bytes)
{
	memset(counts, 0, sizeof(*counts));
	counts->key_bytes = key_bytes;
}

int address_counts__add(struct address_counts *counts, __u8 part, const void *key)
{
	if (counts->key_bytes == 4)
		return add_key(counts, &counts->parts[part], key, 4);
	return add_key(counts, &counts->parts[part], key, 16);
}

__u32 address_counts__pack(struct address_counts *counts, __u8 part_index)
{
	struct address_counts_part *part = &counts->parts[part_index];
	size_t bytes = entry_bytes(counts);
	__u8 *to = part->entries;

	for (__u32 i = 0; i < part->capacity; i++) {
		const __u8 *entry = part->entries + i * bytes;

		if (!get_count(entry, counts->key_bytes))
			continue;
		memmove(to, entry, bytes);
		to += bytes;
	}
	part->capacity = part->used;
	return part->used;
}

const void *address_counts__key(const struct address_counts *counts, __u8 part, __u32 index)
{
	return counts->parts[part].entries + (size_t)index * entry_bytes(counts);
}

__u32 address_counts__count(const struct address_counts *counts, __u8 part, __u32 index)
{
	return get_count(address_counts__key(counts, part, index), counts->key_bytes);
}

void address_counts__release(struct address_counts *counts)
{
	for (int i = 0; i < ADDRESS_COUNTS_PARTS; i++)
		free(counts->parts[i].entries);
	memset(counts, 0, sizeof(*counts));
}
