// SPDX-License-Identifier: GPL-2.0-only
// address_counts: how often each address was counted, in few bytes an address.
#include "pktgen/truth/address_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pktgen/frames/rng.h"

#define FIRST_CAPACITY 16

/* Always inlined with a constant, so that IPv4 does not pay for the general case. */
#define SPECIALIZED static inline __attribute__((always_inline))

static __u32 entry_bytes(const struct census *census)
{
	return census->key_bytes + sizeof(__u32);
}

SPECIALIZED __u64 hash(const __u8 *key, __u32 key_bytes)
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

/* The entry of @key, or the free one where it belongs. Any capacity will do, not only powers of 2,
 * which would waste up to half of the memory. */
SPECIALIZED __u8 *find(const struct census_part *part, const void *key, __u32 key_bytes)
{
	__u32 place = (hash(key, key_bytes) >> 32) * part->capacity >> 32;
	__u8 *entry;

	for (;; place = place + 1 == part->capacity ? 0 : place + 1) {
		entry = part->entries + (size_t)place * (key_bytes + sizeof(__u32));
		if (!get_count(entry, key_bytes) || !memcmp(entry, key, key_bytes))
			return entry;
	}
}

SPECIALIZED int grow(struct census_part *part, __u32 key_bytes)
{
	struct census_part larger = {
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
			memcpy(find(&larger, entry, key_bytes), entry, bytes);
	}
	free(part->entries);
	*part = larger;
	return 0;
}

SPECIALIZED int add(struct census *census, struct census_part *part, const void *key,
		    __u32 key_bytes)
{
	__u8 *entry;
	__u32 count;

	/* Probing stays short up to a load of seven eighths. */
	if (part->used >= part->capacity - part->capacity / 8) {
		int err = grow(part, key_bytes);

		if (err)
			return err;
	}
	entry = find(part, key, key_bytes);
	count = get_count(entry, key_bytes);
	if (!count) {
		memcpy(entry, key, key_bytes);
		part->used++;
		census->keys++;
	}
	set_count(entry, key_bytes, count + 1);
	return 0;
}

void census__init(struct census *census, __u32 key_bytes)
{
	memset(census, 0, sizeof(*census));
	census->key_bytes = key_bytes;
}

int census__add(struct census *census, __u8 part, const void *key)
{
	if (census->key_bytes == 4)
		return add(census, &census->parts[part], key, 4);
	return add(census, &census->parts[part], key, 16);
}

__u32 census__pack(struct census *census, __u8 part_index)
{
	struct census_part *part = &census->parts[part_index];
	size_t bytes = entry_bytes(census);
	__u8 *to = part->entries;

	for (__u32 i = 0; i < part->capacity; i++) {
		const __u8 *entry = part->entries + i * bytes;

		if (!get_count(entry, census->key_bytes))
			continue;
		memmove(to, entry, bytes);
		to += bytes;
	}
	part->capacity = part->used;
	return part->used;
}

const void *census__key(const struct census *census, __u8 part, __u32 index)
{
	return census->parts[part].entries + (size_t)index * entry_bytes(census);
}

__u32 census__count(const struct census *census, __u8 part, __u32 index)
{
	return get_count(census__key(census, part, index), census->key_bytes);
}

void census__release(struct census *census)
{
	for (int i = 0; i < CENSUS_PARTS; i++)
		free(census->parts[i].entries);
	memset(census, 0, sizeof(*census));
}
