// SPDX-License-Identifier: GPL-2.0-only
// endpoint_index: finds rows by their endpoint.
#include "common/address/endpoint_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/abi/hash.h"

static __u32 *index_slot(const struct endpoint_index *index, const struct endpoint *key)
{
	size_t slot = endpoint__hash(&index->config, key) & index->mask;

	while (index->slots[slot] &&
	       memcmp(index->rows + (index->slots[slot] - 1) * index->row_bytes, key, sizeof(*key)))
		slot = (slot + 1) & index->mask;
	return &index->slots[slot];
}

void endpoint_index__seed(struct table_config *hash)
{
	if (getrandom(hash->seeds, sizeof(hash->seeds), GRND_NONBLOCK) < 0)
		memset(hash->seeds, 0x5a, sizeof(hash->seeds));
}

/* Makes slots for @count rows, of which @index->count are indexed anew. */
static int index_resize(struct endpoint_index *index, size_t count)
{
	size_t slots = 16;
	__u32 *old = index->slots;

	while (slots < 2 * count)
		slots *= 2;
	index->slots = calloc(slots, sizeof(*index->slots));
	if (!index->slots) {
		index->slots = old;
		return -ENOMEM;
	}
	free(old);
	index->mask = slots - 1;
	for (size_t i = 0; i < index->count; i++)
		*index_slot(index, (const void *)(index->rows + i * index->row_bytes)) = i + 1;
	return 0;
}

int endpoint_index__build(struct endpoint_index *index, const void *rows, size_t row_bytes,
			  size_t count)
{
	*index = (struct endpoint_index){.rows = rows, .row_bytes = row_bytes, .count = count};
	endpoint_index__seed(&index->config);
	return index_resize(index, count);
}

int endpoint_index__add(struct endpoint_index *index, const void *rows)
{
	size_t number = index->count;

	index->rows = rows;
	if (2 * (number + 1) > index->mask + 1 && index_resize(index, 2 * (number + 1)))
		return -ENOMEM;
	*index_slot(index, (const void *)(index->rows + number * index->row_bytes)) = number + 1;
	index->count++;
	return 0;
}

size_t endpoint_index__find(const struct endpoint_index *index, const struct endpoint *key,
			    size_t otherwise)
{
	__u32 number = *index_slot(index, key);

	return number ? number - 1 : otherwise;
}

void endpoint_index__free(struct endpoint_index *index)
{
	free(index->slots);
	*index = (struct endpoint_index){};
}
