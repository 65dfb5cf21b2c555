// SPDX-License-Identifier: GPL-2.0-only
// columns: what the other tables say of the endpoints in a list of sources or victims.
#ifndef CTL_RENDER_COLUMNS_H
#define CTL_RENDER_COLUMNS_H

#include <stddef.h>

#include "common/address/endpoint_index.h"
#include "common/counts/interval.h"
#include "common/counts/snapshot.h"

/* A table beside a list. */
struct extra_column {
	enum table table;
	struct endpoint_index index;
	struct interval_row unlisted; /* what is known of who is not in it */
	const struct interval_table *interval;
	const struct tally *tally;
};

struct columns {
	struct extra_column columns[TABLE_COUNT];
	size_t count;
};

/**
 * columns__open() - the tables beside a list, as far as they are counted
 * @interval: of an interval, or NULL
 * @list: TABLE_SOURCES or TABLE_VICTIMS
 *
 * Return: 0 with *@ret to be closed, or -ENOMEM.
 */
int columns__open(const struct snapshot *snapshot, const struct interval *interval, enum table list,
		  struct columns *ret);

/** columns__row() - an endpoint's counts in a column; without rates, no gains. */
struct interval_row columns__row(const struct extra_column *column,
				 const struct endpoint *endpoint);

/** columns__close() - free; one of zeros is fine. */
void columns__close(struct columns *columns);

#endif
