// SPDX-License-Identifier: GPL-2.0-only
// top_draw: draws the full screen, at any terminal size.
#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/top/canvas.h"
#include "ctl/top/top.h"

#define HEAD_LINES 4
#define MIDDLE_LINES 5 /* classes on the left, victims on the right */
#define HALF 40        /* first column of the right half */
#define NUMBER_WIDTH 13
#define SHORTEST_BAR 8
#define MIN_NAME 15

static const char *const help_lines[] = {
	"s        sort sources by rate or by total",
	"/        show only sources in a prefix, such as 192.0.2.0/24; empty: all",
	"a        aggregate sources into /24 and /64, on or off",
	"Tab, i   next interface",
	"p        pause",
	"h, ?     this help",
	"q        quit",
	"",
	"Bounds: 'SYNs' is the lower bound; 'at most' the upper one, where they differ.",
	"Faint sources: an unlisted source may have sent as many.",
	"With a prefix or aggregation, full tables are read less often.",
	"'missed' and 'dropped' are the device's counters of frames XDP never saw.",
};

static const char *bits_text(double bits, char buf[NUMBER_BYTES])
{
	static const char units[] = " kMGT";
	int unit = 0;

	while (bits >= 1000 && units[unit + 1]) {
		bits /= 1000;
		unit++;
	}
	snprintf(buf, NUMBER_BYTES, unit ? "%.1f %cbit/s" : "%.0f%cbit/s", bits, units[unit]);
	return buf;
}

static void draw_title(const struct top *top, const struct watched *watched)
{
	__u64 age_s = (clock__now_ns() - top->watch.read_at_ns) / NS_PER_S;
	const char *mode = watched__mode(watched);
	char text[64] = "";

	canvas__reverse(0);
	mvaddnstr(0, 1, "xdpctl top", COLS - 1);
	mvprintw(0, 14, "%.16s  %s  %s", watched->interface,
		 mode ?: watched_state_names[watched->state],
		 watched->snapshot.exact ? "exact" : "bounded");
	if (top->paused)
		snprintf(text, sizeof(text), "PAUSED");
	else if (age_s > 1 && COLS >= 70)
		snprintf(text, sizeof(text), "sources of %llu s ago", age_s);
	mvaddstr(0, COLS - (int)strlen(text) - 1, text);
	attrset(A_NORMAL);
}

static void draw_totals(const struct top *top, const struct watched *watched)
{
	const struct rate_history *history =
		rate_histories__find(&top->histories, watched->interface);
	const struct snapshot *snapshot = &watched->snapshot;
	struct rate_point latest;
	char a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES];

	if (!history)
		return;
	latest = rate_history__latest(history);
	canvas__put(1, 1, COLS, CANVAS_PLAIN, "SYN/s    %14s   frames/s %14s   %s",
		    number__grouped(latest.syns_pps + 0.5, a),
		    number__grouped(latest.frames_pps + 0.5, b),
		    bits_text(history->bits_per_second, c));
	canvas__put(
		2, 1, COLS, CANVAS_PLAIN, "SYNs     %14s   frames   %14s   sources %s%s",
		number__grouped(history->classes[CLASS_SYN], a),
		number__grouped(history->frames, b), snapshot->distinct_is_exact ? "" : "about ",
		snapshot->distinct_known ? number__grouped(snapshot->distinct_sources, c) : "?");
	canvas__put(3, 1, COLS,
		    snapshot->unattributed && !snapshot->exact ? CANVAS_WARNING : CANVAS_PLAIN,
		    "unattributed %10s", number__grouped(snapshot->unattributed, a));
	canvas__put(3, 27, COLS, top->netdev.overruns ? CANVAS_WARNING : CANVAS_GOOD,
		    "missed   %14s   dropped %s", number__grouped(top->netdev.overruns, a),
		    number__grouped(top->netdev.dropped, b));
}

/* One column per reading, the latest at the right edge. */
static void draw_graph(const struct top *top, const struct watched *watched, int y, int height)
{
	const struct rate_history *history =
		rate_histories__find(&top->histories, watched->interface);
	size_t room = COLS > 2 ? COLS - 2 : 0, points;
	char number[NUMBER_BYTES];
	double most = 1;

	if (!history || height < 2)
		return;
	points = history->count < room ? history->count : room;
	for (size_t i = history->count - points; i < history->count; i++)
		if (history->points[i].syns_pps > most)
			most = history->points[i].syns_pps;
	canvas__rule(y, 1, COLS);
	canvas__put(y, 1, COLS, CANVAS_HEADING, "SYN/s, up to %s",
		    number__grouped(most + 0.5, number));
	for (size_t i = 0; i < points; i++)
		canvas__column(y + height - 1, COLS - 1 - (int)points + (int)i, height - 1,
			       history->points[history->count - points + i].syns_pps / most);
}

/* The classes with most frames first; ties in enum order. */
static void draw_classes(const struct rate_history *history, int y, int lines)
{
	bool drawn[CLASS_COUNT] = {};
	char number[NUMBER_BYTES];

	if (!history)
		return;
	canvas__put(y, 1, HALF - 4, CANVAS_HEADING, "%-22s %13s", "class", "frames");
	for (int line = 1; line < lines; line++) {
		int most = -1;

		for (int i = 0; i < CLASS_COUNT; i++)
			if (!drawn[i] && history->classes[i] &&
			    (most < 0 || history->classes[i] > history->classes[most]))
				most = i;
		if (most < 0)
			return;
		drawn[most] = true;
		canvas__put(y + line, 1, HALF - 4, CANVAS_PLAIN, "%-22s %13s",
			    frame_class_labels[most],
			    number__grouped(history->classes[most], number));
	}
}

static void draw_number(int y, int x, enum canvas_style style, __u64 value)
{
	char number[NUMBER_BYTES];

	canvas__put(y, x, NUMBER_WIDTH, style, "%*s", NUMBER_WIDTH, number__grouped(value, number));
}

static void draw_victims(struct watched *watched, int y, int lines)
{
	struct interval_table *table = &watched->interval.tables[TABLE_VICTIMS];
	size_t shown = columns__limit(table, TABLE_VICTIMS, NULL, lines - 1);
	int width = COLS - HALF - 1 - 2 * NUMBER_WIDTH, longest = MIN_NAME;
	char text[ENDPOINT_LABEL_BYTES];

	for (size_t i = 0; i < shown; i++) {
		int length = strlen(
			endpoint__label(&table->rows[i].total.endpoint, TABLE_VICTIMS, NULL, text));

		longest = length > longest ? length : longest;
	}
	width = width < longest ? width : longest;
	canvas__rule(y, HALF, COLS);
	canvas__put(y, HALF, width, CANVAS_HEADING, "victim");
	canvas__heading(y, HALF + width, NUMBER_WIDTH, false, "SYN/s");
	canvas__heading(y, HALF + width + NUMBER_WIDTH, NUMBER_WIDTH, false, "SYNs");
	if (snapshot__is_unsupported(&watched->snapshot, FEATURE_VICTIMS))
		canvas__put(y + 1, HALF, COLS, CANVAS_FAINT, "%s",
			    snapshot__is_unsupported(&watched->snapshot, FEATURE_VICTIMS));
	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &table->rows[i];
		int line = y + 1 + i;

		canvas__put(line, HALF, width, CANVAS_PLAIN, "%s",
			    endpoint__label(&row->total.endpoint, TABLE_VICTIMS, NULL, text));
		draw_number(line, HALF + width, CANVAS_PLAIN,
			    interval__per_second(&watched->interval, row->delta) + 0.5);
		draw_number(line, HALF + width + NUMBER_WIDTH, CANVAS_PLAIN, row->total.at_least);
	}
}

/* Columns of the table of sources; bars take what is left of the width. */
struct top_columns {
	int rate, total, at_most, bar;
	int bar_width; /* of the longest bar; 0: no room for bars */
};

static struct top_columns fit_columns(const struct interval_table *table,
				      const struct source_view *view, size_t shown)
{
	int longest = MIN_NAME;
	char text[SOURCE_VIEW_TEXT_BYTES];
	struct top_columns columns;

	for (size_t i = 0; i < shown; i++) {
		int length = strlen(source_view__text(view, &table->rows[i].total.endpoint, text));

		longest = length > longest ? length : longest;
	}
	columns.rate = 1 + longest;
	columns.total = columns.rate + NUMBER_WIDTH;
	columns.at_most = columns.total + NUMBER_WIDTH;
	columns.bar = columns.at_most + NUMBER_WIDTH + 2;
	columns.bar_width = COLS - 1 - columns.bar;
	if (columns.bar_width < SHORTEST_BAR)
		columns.bar_width = 0;
	return columns;
}

static void draw_source(const struct top *top, const struct watched *watched,
			const struct interval_row *row, const struct top_columns *columns, int y)
{
	const struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	bool by_rate = top->watch.view.order == ORDER_BY_RATE;
	bool is_proven = interval__is_proven(table, row, top->watch.view.order);
	enum canvas_style style = is_proven ? CANVAS_PLAIN : CANVAS_FAINT;
	const struct interval_row *first = &table->rows[0];
	double share = by_rate ? (double)row->delta / (first->delta ?: 1)
			       : (double)row->total.at_least / (first->total.at_least ?: 1);
	char text[SOURCE_VIEW_TEXT_BYTES];

	canvas__put(y, 1, columns->rate - 1, style, "%s",
		    source_view__text(&top->watch.view, &row->total.endpoint, text));
	draw_number(y, columns->rate, style,
		    interval__per_second(&watched->interval, row->delta) + 0.5);
	draw_number(y, columns->total, style, row->total.at_least);
	if (row->total.at_most != row->total.at_least)
		draw_number(y, columns->at_most, style, row->total.at_most);
	canvas__bar(y, columns->bar, columns->bar_width, share);
}

/* Completed connections instead of bars, if they are counted and fit. */
static void draw_completed(const struct watched *watched, struct top_columns *columns, int y,
			   size_t shown)
{
	const struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	struct columns extra = {};

	if (columns->bar + NUMBER_WIDTH > COLS ||
	    columns__open(&watched->snapshot, &watched->interval, TABLE_SOURCES, &extra))
		return;
	if (extra.count) {
		canvas__heading(y, columns->bar - 2, NUMBER_WIDTH, false,
				table_kinds[extra.columns[0].table].label);
		columns->bar += NUMBER_WIDTH;
		columns->bar_width = 0;
	}
	for (size_t i = 0; extra.count && i < shown; i++)
		draw_number(y + 1 + i, columns->bar - 2 - NUMBER_WIDTH, CANVAS_PLAIN,
			    columns__row(&extra.columns[0], &table->rows[i].total.endpoint)
				    .total.at_least);
	columns__close(&extra);
}

static void draw_sources(struct top *top, struct watched *watched, int y, int lines)
{
	struct interval_table *table = &watched->interval.tables[TABLE_SOURCES];
	size_t shown =
		columns__limit(table, TABLE_SOURCES, &top->watch.view, lines > 1 ? lines - 1 : 0);
	struct top_columns columns = fit_columns(table, &top->watch.view, shown);
	bool by_rate = top->watch.view.order == ORDER_BY_RATE;

	canvas__rule(y, 1, COLS);
	canvas__put(y, 1, COLS, CANVAS_HEADING, "source");
	canvas__heading(y, columns.rate, NUMBER_WIDTH, by_rate, "SYN/s");
	canvas__heading(y, columns.total, NUMBER_WIDTH, !by_rate, "SYNs");
	canvas__heading(y, columns.at_most, NUMBER_WIDTH, false, "at most");
	draw_completed(watched, &columns, y, shown);
	for (size_t i = 0; i < shown; i++)
		draw_source(top, watched, &table->rows[i], &columns, y + 1 + i);
}

static void draw_footer(const struct top *top)
{
	char network[PREFIX_TEXT_BYTES];

	canvas__reverse(LINES - 1);
	move(LINES - 1, 1);
	if (top->typing)
		printw("prefix: %s", top->input);
	else if (top->error[0])
		addnstr(top->error, COLS - 2);
	else
		addnstr("q quit  h help  s sort  / prefix  a aggregate  Tab interface  p pause",
			COLS - 2);
	if (!top->typing && top->watch.view.cidr.network.family && COLS > 100)
		mvprintw(LINES - 1, 70, "only %s", prefix__text(&top->watch.view.cidr, network));
	attrset(A_NORMAL);
	curs_set(top->typing ? 1 : 0);
}

static void draw_help(void)
{
	for (size_t i = 0; i < sizeof(help_lines) / sizeof(help_lines[0]); i++)
		canvas__put(2 + i, 3, COLS - 3, CANVAS_PLAIN, "%s", help_lines[i]);
}

/* A small screen has no graph. */
static void draw_interface(struct top *top, struct watched *watched)
{
	int graph = LINES < 18 ? 0 : LINES < 50 ? LINES / 5 : 10;
	int middle = HEAD_LINES + graph, sources = middle + MIDDLE_LINES;

	draw_title(top, watched);
	draw_totals(top, watched);
	draw_graph(top, watched, HEAD_LINES, graph);
	draw_classes(rate_histories__find(&top->histories, watched->interface), middle,
		     MIDDLE_LINES);
	if (COLS >= 70)
		draw_victims(watched, middle, MIDDLE_LINES);
	draw_sources(top, watched, sources, LINES - 1 - sources);
}

void top_draw__screen(struct top *top)
{
	struct watched *watched = top__shown(top);

	erase();
	if (top->helps)
		draw_help();
	else if (watched)
		draw_interface(top, watched);
	else
		canvas__put(1, 1, COLS, CANVAS_PLAIN, NOTHING_ATTACHED);
	draw_footer(top);
	refresh();
}
