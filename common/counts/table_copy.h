// SPDX-License-Identifier: GPL-2.0-only
// table_copy: a copy of a live table, and the bounds of any endpoint in it.
#ifndef COMMON_COUNTS_TABLE_COPY_H
#define COMMON_COUNTS_TABLE_COPY_H

#include "common/counts/tally.h"

enum moment { BEFORE_FRONT, AFTER_FRONT, MOMENTS };

struct table_copy {
	struct tally_memory table;
	size_t bytes; /* of the copies, which are one mapping */
	struct table_set *front;
	__u64 *back[MOMENTS]; /* counts, BUCKET_WAYS per bucket */
	struct endpoint *pending[MOMENTS];
};

/**
 * table_copy__new() - memory for a copy
 * @table: must stay mapped until table_copy__free()
 *
 * Return: zeros, owned by the caller; NULL if there is no memory.
 */
struct table_copy *table_copy__new(const struct tally_memory *table);

/** table_copy__take() - copy the table, which may be written to meanwhile. */
void table_copy__take(struct table_copy *copy);

/** table_copy__row() - any endpoint, listed or not: the bounds that tally__read() gives. */
struct tally_row table_copy__row(const struct table_copy *copy, const struct endpoint *endpoint);

/** table_copy__free() - free a copy; NULL is fine. */
void table_copy__free(struct table_copy *copy);

#endif
