// SPDX-License-Identifier: GPL-2.0-only
// merge: one table of several interfaces taken together: counts add, and so do bounds.
#ifndef COMMON_COUNTS_MERGE_H
#define COMMON_COUNTS_MERGE_H

#include <stddef.h>

#include "common/abi/abi.h"
#include "common/counts/source_view.h"

/* An endpoint with its bounds and its rate; family 0: none. */
struct endpoint_count {
	struct endpoint endpoint;
	__u64 at_least;
	__u64 at_most;
	double syns_pps;
};

/** endpoint_count__compare() - an order for qsort(3): the most SYNs first, then by address. */
int endpoint_count__compare(const struct endpoint_count *a, const struct endpoint_count *b,
			    enum source_order order);

struct merge_entry;

/* Zeros at first. */
struct merge {
	struct merge_entry *entries;
	size_t count;
	size_t allocated;
	__u64 unlisted_at_most; /* of an endpoint that no table lists */
};

/**
 * merge__add() - add the rows of one interface's table
 * @unlisted_at_most: no endpoint without a row has more
 *
 * Return: 0, or -ENOMEM.
 */
int merge__add(struct merge *merge, const struct endpoint_count *rows, size_t count,
	       __u64 unlisted_at_most);

/**
 * merge__heaviest() - the endpoint with the most SYNs over all tables
 *
 * A table that does not list it adds nothing to at_least, and its unlisted_at_most to at_most.
 *
 * Return: all zeros if no table has a row.
 */
struct endpoint_count merge__heaviest(struct merge *merge, enum source_order order);

/** merge__free() - free what it holds; zeros are fine. */
void merge__free(struct merge *merge);

#endif
