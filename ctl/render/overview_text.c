// SPDX-License-Identifier: GPL-2.0-only
// overview_text: the overview of several interfaces as columns of text.
#include "ctl/render/overview_text.h"

#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/render/format.h"
#include "ctl/render/terminal.h"

#define GAP 2

static const struct {
	const char *heading;
	bool is_number;
	int least; /* the width that it is cut to before columns are dropped; 0: it is not cut */
} columns[OVERVIEW_COLUMNS] = {
	[OVERVIEW_INTERFACE] = {"interface", false, 0},
	[OVERVIEW_STATE] = {"state", false, 0},
	[OVERVIEW_MODE] = {"mode", false, 0},
	[OVERVIEW_SYN_RATE] = {"SYN/s", true, 0},
	[OVERVIEW_FRAME_RATE] = {"frames/s", true, 0},
	[OVERVIEW_SHARE] = {"SYN share", true, 0},
	[OVERVIEW_SYNS] = {"SYNs", true, 0},
	[OVERVIEW_DROPPED] = {"dropped", true, 0},
	[OVERVIEW_ATTACKS] = {"attacks", true, 0},
	[OVERVIEW_VICTIM] = {"victim", false, 21},
	[OVERVIEW_SOURCE] = {"source", false, 15},
};

/* Of a line that is too long; the first FULL_DROPS go before any text is cut. */
static const enum overview_column dropped[] = {
	OVERVIEW_MODE,       OVERVIEW_SYNS,   OVERVIEW_SHARE, OVERVIEW_SOURCE,
	OVERVIEW_FRAME_RATE, OVERVIEW_VICTIM, OVERVIEW_STATE, OVERVIEW_DROPPED};
#define FULL_DROPS 2
#define DROPS (int)(sizeof(dropped) / sizeof(dropped[0]))

/* By enum watched_state. */
static const char *const state_labels[WATCHED_STATES] = {
	[WATCHED_COUNTING] = "counting",     [WATCHED_STALE] = "stale",
	[WATCHED_DETACHED] = "not attached", [WATCHED_GONE] = "gone",
	[WATCHED_FAILED] = "cannot be read",
};

const char *overview_text__heading(enum overview_column column)
{
	return columns[column].heading;
}

/* Nothing is counted: "-"; it is not known: "?". */
static const char *rate_cell(const struct overview_row *row, double rate, char *buf)
{
	if (row->has_counts && row->has_rates)
		return number__grouped(rate + 0.5, buf);
	return strcpy(buf, row->has_counts || row->state == WATCHED_FAILED ? "?" : "-");
}

static const char *share_cell(const struct overview_row *row, char *buf)
{
	double share = overview_row__syn_share(row);

	if (share < 0)
		return strcpy(buf, "-");
	snprintf(buf, OVERVIEW_CELL_BYTES, "%.1f %%", 100 * share);
	return buf;
}

static const char *endpoint_cell(const struct endpoint_count *count, enum table list,
				 const struct source_view *view, char *buf)
{
	if (!count->endpoint.family)
		return strcpy(buf, "-");
	return endpoint__label(&count->endpoint, list, view, buf);
}

static const char *state_cell(const struct overview_row *row)
{
	if (!row->interface[0])
		return "";
	return overview_row__is_idle(row) ? "idle" : state_labels[row->state];
}

const char *overview_text__cell(const struct overview_row *row, enum overview_column column,
				const struct source_view *view, char buf[OVERVIEW_CELL_BYTES])
{
	switch (column) {
	case OVERVIEW_INTERFACE:
		return utf8__printable(row->interface[0] ? row->interface : "all", buf,
				       OVERVIEW_CELL_BYTES);
	case OVERVIEW_STATE:
		return strcpy(buf, state_cell(row));
	case OVERVIEW_MODE:
		return strcpy(buf, row->mode ?: row->interface[0] ? "-" : "");
	case OVERVIEW_SYN_RATE:
		return rate_cell(row, row->syns_pps, buf);
	case OVERVIEW_FRAME_RATE:
		return rate_cell(row, row->frames_pps, buf);
	case OVERVIEW_SHARE:
		return share_cell(row, buf);
	case OVERVIEW_SYNS:
		return row->has_counts ? number__grouped(row->syns, buf) : strcpy(buf, "-");
	case OVERVIEW_DROPPED:
		return row->has_policy ? number__grouped(row->dropped, buf) : strcpy(buf, "-");
	case OVERVIEW_ATTACKS:
		return row->is_armed ? number__grouped(row->under_attack, buf) : strcpy(buf, "-");
	case OVERVIEW_VICTIM:
		return endpoint_cell(&row->victim, TABLE_VICTIMS, NULL, buf);
	case OVERVIEW_SOURCE:
		return endpoint_cell(&row->source, TABLE_SOURCES, view, buf);
	case OVERVIEW_COLUMNS:
		break;
	}
	return strcpy(buf, "");
}

static int longest_cell(const struct overview *overview, enum overview_column column,
			const struct source_view *view)
{
	char cell[OVERVIEW_CELL_BYTES];
	int longest = strlen(columns[column].heading);

	/* The mark of the sorted column takes one more. */
	longest += columns[column].is_number;
	for (size_t i = 0; i <= overview->count; i++) {
		const struct overview_row *row =
			i < overview->count ? &overview->rows[i] : &overview->all;
		int width = utf8__columns(overview_text__cell(row, column, view, cell));

		longest = width > longest ? width : longest;
	}
	return longest;
}

/* The width of a line, with its texts whole or cut as far as they may be. */
static int line_width(const struct overview_layout *layout, bool cut)
{
	int width = -GAP;

	for (int i = 0; i < OVERVIEW_COLUMNS; i++) {
		int column = layout->columns[i].width;

		if (cut && columns[i].least && column > columns[i].least)
			column = columns[i].least;
		width += column ? column + GAP : 0;
	}
	return width;
}

static void cut_column(struct overview_layout *layout, enum overview_column column, int width)
{
	int over = line_width(layout, false) - width;
	int spare = layout->columns[column].width - columns[column].least;

	if (over > 0 && spare > 0)
		layout->columns[column].width -= over < spare ? over : spare;
}

/* Longer texts first: an IPv6 victim, if only that one needs to be cut, before an IPv4 source. */
static void fit(struct overview_layout *layout, int width, enum source_order order)
{
	enum overview_column sorted = order == ORDER_BY_RATE ? OVERVIEW_SYN_RATE : OVERVIEW_SYNS;

	for (int i = 0; i < DROPS && line_width(layout, i >= FULL_DROPS) > width; i++)
		if (dropped[i] != sorted)
			layout->columns[dropped[i]].width = 0;
	cut_column(layout, OVERVIEW_SOURCE, width);
	cut_column(layout, OVERVIEW_VICTIM, width);
}

/* Columns that say nothing where no interface has a policy. */
static bool is_of_policies(enum overview_column column)
{
	return column == OVERVIEW_DROPPED || column == OVERVIEW_ATTACKS;
}

void overview_text__layout(const struct overview *overview, const struct source_view *view,
			   int width, struct overview_layout *ret)
{
	int x = 0;

	*ret = (struct overview_layout){};
	for (int i = 0; i < OVERVIEW_COLUMNS; i++) {
		ret->columns[i].is_number = columns[i].is_number;
		if (overview->all.has_policy || !is_of_policies(i))
			ret->columns[i].width = longest_cell(overview, i, view);
	}
	if (width)
		fit(ret, width, overview->order);
	for (int i = 0; i < OVERVIEW_COLUMNS; i++) {
		ret->columns[i].x = x;
		x += ret->columns[i].width ? ret->columns[i].width + GAP : 0;
	}
}

static size_t add_count(char *buf, size_t buf_bytes, size_t filled, __u64 count, const char *text)
{
	char number[NUMBER_BYTES];

	if (!count || filled >= buf_bytes)
		return filled;
	return filled + snprintf(buf + filled, buf_bytes - filled, "%s%s %s", filled ? ", " : "",
				 number__grouped(count, number), text);
}

const char *overview_text__summary(const struct overview *overview, char *buf, size_t buf_bytes)
{
	const __u64 *states = overview->states;
	size_t filled;

	filled = add_count(buf, buf_bytes, 0, overview->count, "interfaces");
	filled = add_count(buf, buf_bytes, filled, overview->idle, "idle");
	for (int i = 0; i < WATCHED_STATES; i++)
		if (i != WATCHED_COUNTING)
			filled = add_count(buf, buf_bytes, filled, states[i], state_labels[i]);
	return buf;
}

static void print_cell(const struct overview_layout *layout, enum overview_column column,
		       const char *text)
{
	int width = layout->columns[column].width, columns_before = layout->columns[column].x;
	char fitted[2 * OVERVIEW_CELL_BYTES];

	if (!width)
		return;
	utf8__fit(text, width, "…", fitted, sizeof(fitted));
	printf("%*s", columns_before ? GAP : 0, "");
	if (layout->columns[column].is_number)
		printf("%*s", width, fitted);
	else if (column == OVERVIEW_SOURCE)
		printf("%s", fitted);
	else
		printf("%s", UTF8_PADDED(fitted, width));
}

static void print_row(const struct overview_layout *layout, const struct overview_row *row,
		      const struct source_view *view)
{
	char cell[OVERVIEW_CELL_BYTES];

	for (int i = 0; i < OVERVIEW_COLUMNS; i++)
		print_cell(layout, i, overview_text__cell(row, i, view, cell));
	printf("\n");
}

void print_overview(const struct overview *overview, const struct source_view *view)
{
	struct overview_layout layout;
	char summary[256];

	overview_text__layout(overview, view, terminal__columns(), &layout);
	printf("%s\n", overview_text__summary(overview, summary, sizeof(summary)));
	for (int i = 0; i < OVERVIEW_COLUMNS; i++)
		print_cell(&layout, i, columns[i].heading);
	printf("\n");
	print_row(&layout, &overview->all, view);
	for (size_t i = 0; i < overview->count; i++)
		print_row(&layout, &overview->rows[i], view);
}
