// SPDX-License-Identifier: GPL-2.0-only
// row_index: the rows of a tally while it is made, found by their endpoint.
#ifndef COMMON_COUNTS_ROW_INDEX_H
#define COMMON_COUNTS_ROW_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/abi.h"
#include "common/counts/tally_row.h"

/*
 * Open addressing, linear probing, at most half full. A slot holds half of a hash and the number of
 * a row, so that neither a probe nor growing reads rows of other endpoints, which are in no cache.
 */
struct row_index {
	struct tally_row *rows; /* in the order in which they were made */
	size_t count;
	size_t capacity;          /* of rows */
	size_t mask;              /* of slots; they are a power of two */
	__u64 *slots;             /* hash << 32 | row + 1; 0: free */
	struct table_config hash; /* for its seeds: senders choose the addresses */
};

/**
 * row_index__start() - an index without rows
 * @capacity: it grows beyond this number of rows at the cost of a copy
 *
 * Return: false if there is no memory; else to be freed by row_index__free().
 */
bool row_index__start(struct row_index *ret, size_t capacity);

/**
 * row_index__row() - the row of an endpoint, with zeros if it is new
 *
 * Return: valid until the next call; NULL if there is no memory.
 */
struct tally_row *row_index__row(struct row_index *index, const struct endpoint *key);

/**
 * row_index__take_rows() - free the index, but keep its rows
 *
 * Return: index->count rows to be freed by the caller; NULL if there are none.
 */
struct tally_row *row_index__take_rows(struct row_index *index);

/** row_index__free() - free rows and index; zeros are fine. */
void row_index__free(struct row_index *index);

#endif
