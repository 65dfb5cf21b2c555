// SPDX-License-Identifier: GPL-2.0-only
// overview_text: the overview of several interfaces as columns of text.
#ifndef CTL_RENDER_OVERVIEW_TEXT_H
#define CTL_RENDER_OVERVIEW_TEXT_H

#include "ctl/monitor/overview.h"

#define OVERVIEW_CELL_BYTES 96

enum overview_column {
	OVERVIEW_INTERFACE,
	OVERVIEW_STATE,
	OVERVIEW_MODE,
	OVERVIEW_SYN_RATE,
	OVERVIEW_FRAME_RATE,
	OVERVIEW_SHARE,
	OVERVIEW_SYNS,
	OVERVIEW_DROPPED,
	OVERVIEW_ATTACKS,
	OVERVIEW_VICTIM,
	OVERVIEW_SOURCE,
	OVERVIEW_COLUMNS,
};

/* Which columns fit, and where; a text that is wider than its column must be cut visibly. */
struct overview_layout {
	struct {
		int x, width;   /* width 0: not shown */
		bool is_number; /* aligned to the right */
	} columns[OVERVIEW_COLUMNS];
};

/**
 * overview_text__layout() - divide a line among the columns
 * @view: how the sources were aggregated
 * @width: of the line in terminal columns; 0: as wide as necessary
 */
void overview_text__layout(const struct overview *overview, const struct source_view *view,
			   int width, struct overview_layout *ret);

/** overview_text__heading() - the heading of a column. */
const char *overview_text__heading(enum overview_column column);

/** overview_text__cell() - one value of a row. Return: @buf. */
const char *overview_text__cell(const struct overview_row *row, enum overview_column column,
				const struct source_view *view, char buf[OVERVIEW_CELL_BYTES]);

/** overview_text__summary() - how many interfaces are in which state. Return: @buf. */
const char *overview_text__summary(const struct overview *overview, char *buf, size_t buf_bytes);

/**
 * print_overview() - print the summary, the row for all and one per interface
 *
 * On a terminal, lines are cut to its width.
 */
void print_overview(const struct overview *overview, const struct source_view *view);

#endif
