// SPDX-License-Identifier: GPL-2.0-only
// columns: the counts of other tables, shown next to a list of sources or victims.
#ifndef CTL_RENDER_COLUMNS_H
#define CTL_RENDER_COLUMNS_H

#include <stddef.h>

#include "common/address/endpoint_index.h"
#include "common/counts/interval.h"
#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

struct extra_column {
	enum table table;
	struct endpoint_index index;
	struct interval_row unlisted; /* the bounds of an endpoint that the table does not list */
	const struct interval_table *interval; /* NULL: totals only */
	const struct tally *tally;
};

struct columns {
	struct extra_column columns[TABLE_COUNT];
	size_t count;
};

/**
 * columns__open() - the tables that are counted next to a list
 * @interval: NULL: totals only
 * @list: TABLE_SOURCES or TABLE_VICTIMS
 *
 * Return: 0 with *@ret to be closed by columns__close(), or -ENOMEM.
 */
int columns__open(const struct snapshot *snapshot, const struct interval *interval, enum table list,
		  struct columns *ret);

/** columns__row() - the counts of an endpoint in a column; without an interval its deltas are 0. */
struct interval_row columns__row(const struct extra_column *column,
				 const struct endpoint *endpoint);

/** columns__close() - free; all zeros is fine. */
void columns__close(struct columns *columns);

/**
 * columns__limit() - select the rows of a sorted list to show
 * @view: sources below its minimum are moved behind the selected ones
 * @top: at most this many
 *
 * Return: the number of rows to show, from the first one.
 */
size_t columns__limit(struct interval_table *table, enum table list, const struct source_view *view,
		      size_t top);

#endif
