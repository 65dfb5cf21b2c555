// SPDX-License-Identifier: GPL-2.0-only
// row_index: the rows of a tally while it is made, found by their endpoint.
#include "common/counts/row_index.h"

#include <stdlib.h>
#include <string.h>

#include "common/abi/hash.h"
#include "common/address/endpoint_index.h"
#include "common/base/large_memory.h"

#define CAPACITY_MAX (1ull << 31) /* a slot has 32 bits for a row's number */

static bool row_index__allocate(struct row_index *ret, size_t capacity)
{
	size_t slots = 1;

	if (capacity > CAPACITY_MAX)
		return false;
	ret->capacity = capacity ?: 1;
	while (slots < 2 * ret->capacity)
		slots *= 2;
	ret->mask = slots - 1;
	ret->rows = large_memory__new(ret->capacity, sizeof(*ret->rows));
	ret->slots = large_memory__new(slots, sizeof(*ret->slots));
	if (!ret->rows || !ret->slots) {
		row_index__free(ret);
		return false;
	}
	memset(ret->slots, 0, slots * sizeof(*ret->slots));
	return true;
}

bool row_index__start(struct row_index *ret, size_t capacity)
{
	*ret = (struct row_index){};
	endpoint_index__seed(&ret->hash);
	return row_index__allocate(ret, capacity);
}

/* The slots are in the order of their hashes' last bits: growing walks through both arrays. */
static void move_slots(const struct row_index *from, struct row_index *to)
{
	for (size_t i = 0; i <= from->mask; i++) {
		size_t slot = from->slots[i] >> 32 & to->mask;

		if (!from->slots[i])
			continue;
		while (to->slots[slot])
			slot = (slot + 1) & to->mask;
		to->slots[slot] = from->slots[i];
	}
}

static bool row_index__grow(struct row_index *index)
{
	struct row_index grown = *index;

	if (!row_index__allocate(&grown, 2 * index->capacity))
		return false;
	memcpy(grown.rows, index->rows, index->count * sizeof(*index->rows));
	move_slots(index, &grown);
	row_index__free(index);
	*index = grown;
	return true;
}

static __u64 *row_index__slot(const struct row_index *index, __u64 hash, const struct endpoint *key)
{
	size_t slot = hash & index->mask;

	while (index->slots[slot]) {
		size_t row = (__u32)index->slots[slot] - 1;

		if (index->slots[slot] >> 32 == hash &&
		    !memcmp(&index->rows[row].endpoint, key, sizeof(*key)))
			break;
		slot = (slot + 1) & index->mask;
	}
	return &index->slots[slot];
}

struct tally_row *row_index__row(struct row_index *index, const struct endpoint *key)
{
	__u64 hash = endpoint__hash(&index->hash, key) >> 32;
	__u64 *slot = row_index__slot(index, hash, key);

	if (*slot)
		return &index->rows[(__u32)*slot - 1];
	if (index->count == index->capacity) {
		if (!row_index__grow(index))
			return NULL;
		slot = row_index__slot(index, hash, key);
	}
	index->rows[index->count++] = (struct tally_row){.endpoint = *key};
	*slot = hash << 32 | index->count;
	return &index->rows[index->count - 1];
}

struct tally_row *row_index__take_rows(struct row_index *index)
{
	free(index->slots);
	index->slots = NULL;
	return index->rows;
}

void row_index__free(struct row_index *index)
{
	free(index->rows);
	free(index->slots);
	*index = (struct row_index){};
}
