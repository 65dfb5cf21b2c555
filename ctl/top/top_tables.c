// SPDX-License-Identifier: GPL-2.0-only
// top_tables: the tables of the full screen. Their columns share its width, so that a value that
// does not fit is visibly cut, and never looks like another value.
#include "ctl/top/top_tables.h"

#include <stdio.h>
#include <string.h>

#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/top/canvas.h"

#define NUMBER_WIDTH 13 /* of a column where there is room */
#define NUMBER_COLUMNS 4
#define MIN_LABEL 15
#define SHORTEST_BAR 8
#define GAP 2
#define HALF 40 /* the victims' first column where they fit behind it */

/* A right-aligned column, and the widest text in it. */
struct number_column {
	const char *heading;
	bool marked;
	int longest;
	int x, width;
};

/* One label and some numbers per row. */
struct layout {
	int x;
	int label_width;
	int count;
	struct number_column numbers[NUMBER_COLUMNS];
	int end; /* the column after the last number */
};

static int longer(int a, int b)
{
	return a > b ? a : b;
}

static int number_length(__u64 value)
{
	char number[NUMBER_BYTES];

	return strlen(number__grouped(value, number));
}

static void layout_add(struct layout *layout, const char *heading, bool marked)
{
	layout->numbers[layout->count++] = (struct number_column){
		.heading = heading,
		.marked = marked,
		.longest = (int)strlen(heading) + 1,
	};
}

static void layout_measure(struct layout *layout, int column, __u64 value)
{
	layout->numbers[column].longest =
		longer(layout->numbers[column].longest, number_length(value));
}

static int layout_least(const struct layout *layout)
{
	int width = 0;

	for (int i = 0; i < layout->count; i++)
		width += layout->numbers[i].longest + GAP;
	return width;
}

/* Numbers give way to the label first; then the label is cut. */
static void layout_place(struct layout *layout, int x, int width, int label)
{
	int least = layout_least(layout), spare = width - least - label;

	layout->x = x;
	layout->label_width = longer(spare < 0 ? width - least : label, MIN_LABEL);
	x += layout->label_width;
	for (int i = 0; i < layout->count; i++) {
		struct number_column *column = &layout->numbers[i];
		int wanted = longer(NUMBER_WIDTH - column->longest - GAP, 0);
		int extra = spare < 0 ? 0 : wanted < spare ? wanted : spare;

		column->width = column->longest + GAP + extra;
		column->x = x;
		x += column->width;
		spare -= extra;
	}
	layout->end = x;
}

static void layout_put_headings(const struct layout *layout, int y, const char *label)
{
	canvas__fill(y, layout->x, CANVAS_HEADING);
	canvas__put(y, layout->x, layout->label_width, CANVAS_HEADING, "%s", label);
	for (int i = 0; i < layout->count; i++)
		canvas__heading(y, layout->numbers[i].x, layout->numbers[i].width,
				layout->numbers[i].marked, layout->numbers[i].heading);
}

static void layout_put(const struct layout *layout, int column, int y, enum canvas_style style,
		       __u64 value)
{
	char number[NUMBER_BYTES];

	canvas__number(y, layout->numbers[column].x, layout->numbers[column].width, style,
		       number__grouped(value, number));
}

static __u64 rate_of(const struct watched *watched, const struct interval_row *row)
{
	return interval__per_second(&watched->interval, row->delta) + 0.5;
}

static int longest_label(const struct interval_table *table, size_t shown, enum table list,
			 const struct source_view *view)
{
	char label[ENDPOINT_LABEL_BYTES];
	int longest = MIN_LABEL;

	for (size_t i = 0; i < shown; i++)
		longest = longer(longest, strlen(endpoint__label(&table->rows[i].total.endpoint,
								 list, view, label)));
	return longest;
}

/* The class with most frames after those that are drawn, in enum order among equals; -1: none. */
static int next_class(const struct rate_history *history, const bool *drawn)
{
	int most = -1;

	for (int i = 0; i < CLASS_COUNT; i++)
		if (!drawn[i] && history->classes[i] &&
		    (most < 0 || history->classes[i] > history->classes[most]))
			most = i;
	return most;
}

static void draw_classes(const struct rate_history *history, int y, int lines, int width)
{
	struct layout layout = {};
	bool drawn[CLASS_COUNT] = {};

	layout_add(&layout, "frames", false);
	for (int i = 0; i < CLASS_COUNT; i++)
		layout_measure(&layout, 0, history->classes[i]);
	layout_place(&layout, 1, width, 22);
	layout_put_headings(&layout, y, "class");
	for (int line = 1; line < lines; line++) {
		int class = next_class(history, drawn);

		if (class < 0)
			return;
		drawn[class] = true;
		canvas__put(y + line, 1, layout.label_width, CANVAS_PLAIN, "%s",
			    frame_class_labels[class]);
		layout_put(&layout, 0, y + line, CANVAS_PLAIN, history->classes[class]);
	}
}

static void draw_victims(struct watched *watched, const struct layout *layout, int y, size_t shown)
{
	const struct interval_table *table = &watched->interval.tables[TABLE_VICTIMS];
	const char *unsupported = snapshot__is_unsupported(&watched->snapshot, FEATURE_VICTIMS);
	char label[ENDPOINT_LABEL_BYTES];

	layout_put_headings(layout, y, "victim");
	if (unsupported)
		canvas__put(y + 1, layout->x, COLS, CANVAS_FAINT, "%s", unsupported);
	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &table->rows[i];
		int line = y + 1 + (int)i;

		canvas__put(line, layout->x, layout->label_width, CANVAS_PLAIN, "%s",
			    endpoint__label(&row->total.endpoint, TABLE_VICTIMS, NULL, label));
		layout_put(layout, 0, line, CANVAS_PLAIN, rate_of(watched, row));
		layout_put(layout, 1, line, CANVAS_PLAIN, row->total.at_least);
	}
}

/* Victims take what they need of the width; classes give way, and vanish if too little is left. */
void top_tables__draw_middle(const struct rate_history *history, struct watched *watched, int y,
			     int lines)
{
	struct interval_table *table = &watched->interval.tables[TABLE_VICTIMS];
	size_t shown = columns__limit(table, TABLE_VICTIMS, NULL, lines - 1);
	int label = longest_label(table, shown, TABLE_VICTIMS, NULL), x;
	int classes_least = 1 + MIN_LABEL + GAP + 1;
	struct layout layout = {};

	layout_add(&layout, "SYN/s", false);
	layout_add(&layout, "SYNs", false);
	for (size_t i = 0; i < shown; i++) {
		layout_measure(&layout, 0, rate_of(watched, &table->rows[i]));
		layout_measure(&layout, 1, table->rows[i].total.at_least);
	}
	for (int i = 0; history && i < CLASS_COUNT; i++)
		classes_least =
			longer(classes_least, 1 + MIN_LABEL + 2 * GAP +
						      longer(strlen("frames") + 1,
							     number_length(history->classes[i])));
	x = COLS - 1 - layout_least(&layout) - label;
	x = x > HALF ? HALF : x < classes_least ? 1 : x;
	layout_place(&layout, x, COLS - 1 - x, label);
	if (history && x > 1)
		draw_classes(history, y, lines, x - 1 - GAP);
	draw_victims(watched, &layout, y, shown);
}

enum { RATE, TOTAL };

/* The table of sources: which optional columns it has, and where everything is. */
struct source_table {
	struct layout layout;
	int at_most;   /* number of its column, or -1 */
	int completed; /* likewise */
	struct columns extra;
	int bar_width; /* 0: no room for bars */
};

static __u64 completed_of(const struct source_table *sources, const struct interval_row *row)
{
	return columns__row(&sources->extra.columns[0], &row->total.endpoint).total.at_least;
}

static void sources_measure(const struct watched *watched, size_t shown,
			    struct source_table *sources)
{
	struct layout *layout = &sources->layout;

	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &watched->interval.tables[TABLE_SOURCES].rows[i];

		layout_measure(layout, RATE, rate_of(watched, row));
		layout_measure(layout, TOTAL, row->total.at_least);
		layout_measure(layout, sources->at_most, row->total.at_most);
		if (sources->completed >= 0)
			layout_measure(layout, sources->completed, completed_of(sources, row));
	}
}

static void sources_open(const struct top *top, const struct watched *watched, size_t shown,
			 struct source_table *ret)
{
	const struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	bool by_rate = top->watch.view.order == ORDER_BY_RATE;
	struct layout *layout = &ret->layout;

	*ret = (struct source_table){.at_most = TOTAL + 1, .completed = -1};
	layout_add(layout, "SYN/s", by_rate);
	layout_add(layout, "SYNs", !by_rate);
	layout_add(layout, "at most", false);
	if (!columns__open(&watched->snapshot, &watched->interval, TABLE_SOURCES, &ret->extra) &&
	    ret->extra.count) {
		ret->completed = layout->count;
		layout_add(layout, table_kinds[ret->extra.columns[0].table].label, false);
	}
	sources_measure(watched, shown, ret);
	layout_place(layout, 1, COLS - 1,
		     longest_label(table, shown, TABLE_SOURCES, &top->watch.view));
	ret->bar_width = COLS - 1 - layout->end - GAP;
	if (ret->bar_width < SHORTEST_BAR)
		ret->bar_width = 0;
}

/* Of all SYNs: under a flood of spoofed sources, no bar shows that none of them stands out. */
static double share_of_all(const struct watched *watched, const struct interval_row *row,
			   enum source_order order)
{
	return order == ORDER_BY_RATE ? (double)row->delta / (watched->interval.syns ?: 1)
				      : (double)row->total.at_least / (watched->snapshot.syns ?: 1);
}

static void draw_source(const struct top *top, const struct watched *watched,
			const struct source_table *sources, const struct interval_row *row, int y)
{
	const struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	enum source_order order = top->watch.view.order;
	enum canvas_style style =
		interval__is_proven(table, row, order) ? CANVAS_PLAIN : CANVAS_FAINT;
	const struct layout *layout = &sources->layout;
	char label[ENDPOINT_LABEL_BYTES];

	canvas__put(y, layout->x, layout->label_width, style, "%s",
		    endpoint__label(&row->total.endpoint, TABLE_SOURCES, &top->watch.view, label));
	layout_put(layout, RATE, y, style, rate_of(watched, row));
	layout_put(layout, TOTAL, y, style, row->total.at_least);
	if (row->total.at_most != row->total.at_least)
		layout_put(layout, sources->at_most, y, style, row->total.at_most);
	if (sources->completed >= 0)
		layout_put(layout, sources->completed, y, CANVAS_PLAIN, completed_of(sources, row));
	canvas__bar(y, layout->end + GAP, sources->bar_width, share_of_all(watched, row, order));
}

void top_tables__draw_sources(const struct top *top, struct watched *watched, int y, int lines)
{
	struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	size_t shown =
		columns__limit(table, TABLE_SOURCES, &top->watch.view, lines > 1 ? lines - 1 : 0);
	struct source_table sources;

	sources_open(top, watched, shown, &sources);
	layout_put_headings(&sources.layout, y, "source");
	if (sources.bar_width)
		canvas__put(y, sources.layout.end + GAP, sources.bar_width, CANVAS_HEADING, "%s",
			    "share");
	for (size_t i = 0; i < shown; i++)
		draw_source(top, watched, &sources, &table->rows[i], y + 1 + (int)i);
	columns__close(&sources.extra);
}
