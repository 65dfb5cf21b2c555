// SPDX-License-Identifier: GPL-2.0-only
// top_draw: the full screen, fitted to whatever size and colours the terminal has.
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "endpoint.h"
#include "render_rates.h"
#include "top.h"

#define HEAD_LINES 4
#define MIDDLE_LINES 6 /* classes beside victims, with their headings */

enum colour { PLAIN, HEADING, GRAPH, GOOD, WARNING };

static const struct {
	short foreground;
	attr_t without; /* where there are no colours */
} colours[] = {
	[HEADING] = {COLOR_CYAN, A_BOLD},
	[GRAPH] = {COLOR_YELLOW, A_NORMAL},
	[GOOD] = {COLOR_GREEN, A_NORMAL},
	[WARNING] = {COLOR_RED, A_BOLD},
};

static const char *const help_lines[] = {
	"s        sort sources by rate, or by total",
	"/        show sources of a prefix only: 192.0.2.0/24, 2001:db8::/32; empty: all",
	"a        fold sources into /24 and /64, or not",
	"Tab, i   next interface",
	"p        pause",
	"h, ?     this help",
	"q        quit",
	"",
	"Bounds: 'SYNs' are certain; 'at most' is shown where there may have been more.",
	"Sources and victims are read less often than counters when the tables are full.",
	"'missed' and 'dropped' are the device's own: frames that XDP never saw.",
};

void top_draw__start(void)
{
	if (!has_colors() || getenv("NO_COLOR"))
		return;
	start_color();
	use_default_colors();
	for (short i = HEADING; i <= WARNING; i++)
		init_pair(i, colours[i].foreground, -1);
}

static attr_t style(enum colour colour)
{
	if (colour == PLAIN)
		return A_NORMAL;
	if (!has_colors() || getenv("NO_COLOR"))
		return colours[colour].without;
	return COLOR_PAIR(colour);
}

/* Cut off at @width and at the edge of the screen. */
__attribute__((format(printf, 5, 6))) static void put(int y, int x, int width, enum colour colour,
						      const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (y >= LINES - 1 || x >= COLS)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	attrset(style(colour));
	mvaddnstr(y, x, text, width < COLS - x ? width : COLS - x);
	attrset(A_NORMAL);
}

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
	__u64 age_s = (clock__now_ns() - top->watch.read_at_ns) / 1000000000;
	const char *mode = watched__mode(watched);

	attrset(A_REVERSE);
	mvhline(0, 0, ' ', COLS);
	attrset(A_NORMAL);
	attron(A_REVERSE);
	mvaddnstr(0, 1, "xdpctl top", COLS - 1);
	mvprintw(0, 14, "%.16s  %s  %s%s", watched->interface,
		 mode ?: watched_state_names[watched->state],
		 watched->snapshot.exact ? "exact" : "bounded", top->paused ? "  PAUSED" : "");
	if (age_s > 1 && COLS >= 70)
		printw("  sources of %llu s ago", age_s);
	attroff(A_REVERSE);
}

static void draw_totals(const struct top *top, const struct watched *watched)
{
	const struct top_pulse *pulse = top__pulse(top, watched->interface);
	const struct snapshot *snapshot = &watched->snapshot;
	char a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES];

	if (!pulse)
		return;
	put(1, 1, COLS, PLAIN, "SYN/s    %14s   frames/s %14s   %s",
	    number__grouped(pulse->syns_pps + 0.5, a), number__grouped(pulse->frames_pps + 0.5, b),
	    bits_text(pulse->bits_per_second, c));
	put(2, 1, COLS, PLAIN, "SYNs     %14s   frames   %14s   sources %s%s",
	    number__grouped(pulse->classes[CLASS_SYN], a), number__grouped(pulse->frames, b),
	    snapshot->exact ? "" : "about ", number__grouped(snapshot->distinct_sources, c));
	put(3, 1, COLS, snapshot->unattributed && !snapshot->exact ? WARNING : PLAIN,
	    "unattributed %10s", number__grouped(snapshot->unattributed, a));
	put(3, 27, COLS, top->device.overruns ? WARNING : GOOD, "missed   %14s   dropped %s",
	    number__grouped(top->device.overruns, a), number__grouped(top->device.dropped, b));
}

static double highest(const struct top_pulse *pulse, size_t points)
{
	double most = 1;

	for (size_t i = pulse->points - points; i < pulse->points; i++)
		if (pulse->history[i] > most)
			most = pulse->history[i];
	return most;
}

/* A column of eighths where the terminal can show them. */
static void draw_column(const struct top *top, int y, int x, int height, double share)
{
	static const char *const eighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	int filled = share * height * 8 + 0.5;

	for (int row = 0; row < height; row++) {
		int level = filled - row * 8;

		level = level < 0 ? 0 : level > 8 ? 8 : level;
		mvaddstr(y + height - 1 - row, x,
			 top->unicode ? eighths[level]
			 : level >= 4 ? "#"
				      : " ");
	}
}

static void draw_graph(const struct top *top, const struct watched *watched, int y, int height)
{
	const struct top_pulse *pulse = top__pulse(top, watched->interface);
	int width = COLS - 16;
	size_t points;
	double most;
	char number[NUMBER_BYTES];

	if (!pulse || width < 10 || height < 1)
		return;
	points = pulse->points < (size_t)width ? pulse->points : (size_t)width;
	most = highest(pulse, points);
	put(y, 1, 13, HEADING, "%12s", number__grouped(most + 0.5, number));
	put(y + height - 1, 1, 13, HEADING, "%12s", "SYN/s   0");
	attrset(style(GRAPH));
	for (size_t i = 0; i < points; i++)
		draw_column(top, y, 15 + width - (int)points + (int)i, height,
			    pulse->history[pulse->points - points + i] / most);
	attrset(A_NORMAL);
}

/* The classes with most frames; equal ones in their own order. */
static void draw_classes(const struct top_pulse *pulse, int y, int lines)
{
	bool drawn[CLASS_COUNT] = {};
	char number[NUMBER_BYTES];

	if (!pulse)
		return;
	put(y, 1, 38, HEADING, "%-20s %13s", "class", "frames");
	for (int line = 1; line < lines; line++) {
		int most = -1;

		for (int i = 0; i < CLASS_COUNT; i++)
			if (!drawn[i] && pulse->classes[i] &&
			    (most < 0 || pulse->classes[i] > pulse->classes[most]))
				most = i;
		if (most < 0)
			return;
		drawn[most] = true;
		put(y + line, 1, 38, PLAIN, "%-20s %13s", frame_class_labels[most],
		    number__grouped(pulse->classes[most], number));
	}
}

static void draw_victims(struct watched *watched, int y, int lines)
{
	static const struct filter everything;
	struct rates_table *table = &watched->rates.tables[TABLE_VICTIMS];
	size_t shown = rates__shown(table, &everything, lines - 1);
	char text[ENDPOINT_LABEL_BYTES], number[NUMBER_BYTES];
	int width = COLS - 40 - 14;

	put(y, 40, COLS, HEADING, "%-*s %12s", width, "victim", "SYN/s");
	for (size_t i = 0; i < shown; i++) {
		const struct rates_row *row = &table->rows[i];

		put(y + 1 + i, 40, COLS, PLAIN, "%-*.*s %12s", width, width,
		    endpoint__label(&row->total.endpoint, text),
		    number__grouped(rates__per_second(&watched->rates, row->gained) + 0.5, number));
	}
}

static void draw_sources(struct top *top, struct watched *watched, int y, int lines)
{
	struct rates_table *table = &watched->rates.tables[TABLE_SOURCES];
	size_t shown = rates__shown(table, &top->watch.filter, lines > 1 ? lines - 1 : 0);
	char text[FILTER_TEXT_BYTES], a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES];
	bool by_rate = top->watch.filter.order == FILTER_BY_RATE;

	put(y, 1, COLS, HEADING, "%-32s %13s %14s %15s", "source", by_rate ? "SYN/s [by]" : "SYN/s",
	    by_rate ? "SYNs" : "SYNs [by]", "at most");
	for (size_t i = 0; i < shown; i++) {
		const struct rates_row *row = &table->rows[i];
		const struct tally_row *total = &row->total;

		put(y + 1 + i, 1, COLS, PLAIN, "%-32s %13s %14s %15s",
		    filter__text(&top->watch.filter, &total->endpoint, text),
		    number__grouped(rates__per_second(&watched->rates, row->gained) + 0.5, a),
		    number__grouped(total->at_least, b),
		    total->at_most == total->at_least ? "" : number__grouped(total->at_most, c));
	}
}

static void draw_footer(const struct top *top)
{
	char network[ENDPOINT_TEXT_BYTES];

	attrset(A_REVERSE);
	mvhline(LINES - 1, 0, ' ', COLS);
	move(LINES - 1, 1);
	if (top->typing)
		printw("prefix: %s", top->input);
	else if (top->note[0])
		addnstr(top->note, COLS - 2);
	else
		addnstr("q quit  h help  s sort  / filter  a fold  Tab interface  p pause",
			COLS - 2);
	if (!top->typing && top->watch.filter.network.family && COLS > 100)
		mvprintw(LINES - 1, 70, "only %s/%d",
			 endpoint__text(&top->watch.filter.network, network),
			 top->watch.filter.network_bits);
	attrset(A_NORMAL);
	curs_set(top->typing ? 1 : 0);
}

static void draw_help(void)
{
	for (size_t i = 0; i < sizeof(help_lines) / sizeof(help_lines[0]); i++)
		put(2 + i, 3, COLS - 3, PLAIN, "%s", help_lines[i]);
}

void top_draw__screen(struct top *top)
{
	struct watched *watched = top__shown(top);
	int graph = LINES > 34 ? 8 : LINES > 20 ? 4 : 0;
	int middle = HEAD_LINES + graph + 1;

	erase();
	if (top->helps) {
		draw_help();
	} else if (watched) {
		draw_title(top, watched);
		draw_totals(top, watched);
		draw_graph(top, watched, HEAD_LINES, graph);
		draw_classes(top__pulse(top, watched->interface), middle - 1, MIDDLE_LINES - 1);
		if (COLS >= 70)
			draw_victims(watched, middle - 1, MIDDLE_LINES - 1);
		draw_sources(top, watched, middle + MIDDLE_LINES - 2,
			     LINES - 1 - (middle + MIDDLE_LINES - 2));
	} else {
		put(1, 1, COLS, PLAIN, "nothing is attached in this network namespace");
	}
	draw_footer(top);
	refresh();
}
