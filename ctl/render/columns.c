// SPDX-License-Identifier: GPL-2.0-only
// columns: the counts of other tables, shown next to a list of sources or victims.
#include "ctl/render/columns.h"

#include "common/counts/table_copy.h"

static int column_open(const struct snapshot *snapshot, const struct interval *interval,
		       struct extra_column *column)
{
	const struct tally *tally = &snapshot->tallies[column->table];

	column->tally = tally;
	column->unlisted.total.at_most = tally->rest_total + tally->unlisted_at_most;
	if (!interval)
		return endpoint_index__build(&column->index, tally->rows, sizeof(*tally->rows),
					     tally->count);
	column->interval = &interval->tables[column->table];
	return endpoint_index__build(&column->index, column->interval->rows,
				     sizeof(*column->interval->rows), column->interval->count);
}

int columns__open(const struct snapshot *snapshot, const struct interval *interval, enum table list,
		  struct columns *ret)
{
	struct columns columns = {};
	int err = 0;

	for (int i = 0; !err && i < TABLE_COUNT; i++) {
		struct extra_column *column = &columns.columns[columns.count];

		if (i == (int)list || table_kinds[i].list != list || !snapshot->tallies[i].counted)
			continue;
		column->table = i;
		columns.count++;
		err = column_open(snapshot, interval, column);
	}
	if (err)
		columns__close(&columns);
	else
		*ret = columns;
	return err;
}

struct interval_row columns__row(const struct extra_column *column, const struct endpoint *endpoint)
{
	size_t count = column->interval ? column->interval->count : column->tally->count;
	size_t number = endpoint_index__find(&column->index, endpoint, count);

	if (number == count && column->tally->copy)
		return (struct interval_row){
			.total = table_copy__row(column->tally->copy, endpoint)};
	if (number == count)
		return column->unlisted;
	if (column->interval)
		return column->interval->rows[number];
	return (struct interval_row){.total = column->tally->rows[number]};
}

void columns__close(struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		endpoint_index__free(&columns->columns[i].index);
	columns->count = 0;
}

size_t columns__limit(struct interval_table *table, enum table list, const struct source_view *view,
		      size_t top)
{
	__u64 min = list == TABLE_SOURCES ? view->min : 0;
	size_t kept = 0;

	for (size_t i = 0; i < table->count && kept < top; i++) {
		struct interval_row row = table->rows[i];

		if (row.total.at_least < min)
			continue;
		table->rows[i] = table->rows[kept];
		table->rows[kept++] = row;
	}
	return kept;
}
