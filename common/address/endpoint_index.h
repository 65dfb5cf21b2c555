// SPDX-License-Identifier: GPL-2.0-only
// endpoint_index: finds rows by their endpoint.
#ifndef COMMON_ADDRESS_ENDPOINT_INDEX_H
#define COMMON_ADDRESS_ENDPOINT_INDEX_H

#include <stddef.h>

#include "common/abi/abi.h"

/* Rows of any kind that begin with an endpoint: open addressing, at most half full. */
struct endpoint_index {
	const char *rows;
	size_t row_bytes;
	size_t count; /* of rows */
	__u32 *slots; /* a row's number + 1; 0: free */
	size_t mask;
	struct table_config config; /* for its seeds: attackers choose the addresses */
};

/**
 * endpoint_index__build() - index rows, which must not move meanwhile
 * @rows: each begins with a struct endpoint, all different
 *
 * Return: 0 with @index to be freed, or -ENOMEM.
 */
int endpoint_index__build(struct endpoint_index *index, const void *rows, size_t row_bytes,
			  size_t count);

/**
 * endpoint_index__add() - index one more row, behind those that are indexed
 * @rows: as above; they may have moved
 *
 * Return: 0, or -ENOMEM, and the index is as before.
 */
int endpoint_index__add(struct endpoint_index *index, const void *rows);

/** endpoint_index__find() - the number of an endpoint's row, or @otherwise. */
size_t endpoint_index__find(const struct endpoint_index *index, const struct endpoint *key,
			    size_t otherwise);

/** endpoint_index__seed() - set random seeds for endpoint__hash(). */
void endpoint_index__seed(struct table_config *hash);

/** endpoint_index__free() - free the index; zeros are fine. */
void endpoint_index__free(struct endpoint_index *index);

#endif
