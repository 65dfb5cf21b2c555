// SPDX-License-Identifier: GPL-2.0-only
// top_overview: the full screen's list of interfaces, and the keys that select one.
#include "ctl/top/top_overview.h"

#include <stdio.h>

#include "ctl/render/overview_text.h"
#include "ctl/top/canvas.h"

#define FIRST_LINE 3 /* of the rows: title, headings and the row for all are above */
#define FOOT_LINES 1

/* One row is always shown, on the smallest screen. */
static size_t rows_on_screen(void)
{
	return LINES > FIRST_LINE + FOOT_LINES ? LINES - FIRST_LINE - FOOT_LINES : 1;
}

static enum canvas_style style_of(const struct overview_row *row)
{
	if (row->state == WATCHED_FAILED)
		return CANVAS_WARNING;
	return row->has_counts && !overview_row__is_idle(row) ? CANVAS_PLAIN : CANVAS_FAINT;
}

static void draw_headings(const struct top *top, const struct overview_layout *layout, int y)
{
	enum overview_column sorted =
		top->overview.order == ORDER_BY_RATE ? OVERVIEW_SYN_RATE : OVERVIEW_SYNS;

	canvas__fill(y, 1, CANVAS_HEADING);
	for (int i = 0; i < OVERVIEW_COLUMNS; i++) {
		int x = 1 + layout->columns[i].x, width = layout->columns[i].width;

		if (layout->columns[i].is_number)
			canvas__heading(y, x, width, i == (int)sorted, overview_text__heading(i));
		else
			canvas__put(y, x, width, CANVAS_HEADING, "%s", overview_text__heading(i));
	}
}

static void draw_row(const struct top *top, const struct overview_layout *layout,
		     const struct overview_row *row, int y, enum canvas_style style)
{
	char cell[OVERVIEW_CELL_BYTES];

	canvas__fill(y, 0, style);
	for (int i = 0; i < OVERVIEW_COLUMNS; i++) {
		int x = 1 + layout->columns[i].x, width = layout->columns[i].width;

		overview_text__cell(row, i, &top->watch.view, cell);
		if (layout->columns[i].is_number)
			canvas__number(y, x, width, style, cell);
		else
			canvas__put(y, x, width, style, "%s", cell);
	}
}

/* No further than is needed to see the selected row; the busiest ones are shown if they can be. */
static void scroll_to_selected(struct top *top, size_t selected)
{
	size_t shown = rows_on_screen(), count = top->overview.count;

	if (selected < shown)
		top->first_row = 0;
	if (selected < top->first_row)
		top->first_row = selected;
	if (selected >= top->first_row + shown)
		top->first_row = selected + 1 - shown;
	if (top->first_row + shown > count)
		top->first_row = count > shown ? count - shown : 0;
}

void top_overview__draw(struct top *top, int y, int lines)
{
	const struct overview *overview = &top->overview;
	size_t selected = top__selected(top);
	struct overview_layout layout;

	scroll_to_selected(top, selected);
	overview_text__layout(overview, &top->watch.view, COLS > 2 ? COLS - 2 : 1, &layout);
	draw_headings(top, &layout, y);
	draw_row(top, &layout, &overview->all, y + 1, CANVAS_PLAIN);
	for (int line = 2; line < lines; line++) {
		size_t number = top->first_row + line - 2;

		if (number >= overview->count)
			return;
		draw_row(top, &layout, &overview->rows[number], y + line,
			 number == selected ? CANVAS_REVERSE : style_of(&overview->rows[number]));
	}
}

static void select_row(struct top *top, size_t number)
{
	snprintf(top->selected, sizeof(top->selected), "%s", top->overview.rows[number].interface);
}

static void move_selection(struct top *top, long rows)
{
	long last = (long)top->overview.count - 1, to = (long)top__selected(top) + rows;

	select_row(top, to < 0 ? 0 : to > last ? last : to);
}

static void take_click(struct top *top)
{
	MEVENT event;
	size_t number;

	if (getmouse(&event) != OK)
		return;
	if (event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) {
		move_selection(top, event.bstate & BUTTON4_PRESSED ? -1 : 1);
		return;
	}
	if (event.y < FIRST_LINE || event.y >= LINES - FOOT_LINES)
		return;
	number = top->first_row + event.y - FIRST_LINE;
	if (number < top->overview.count)
		top__open(top, top->overview.rows[number].interface);
}

void top_overview__take_key(struct top *top, int key)
{
	long page = (long)rows_on_screen(), all = (long)top->overview.count;

	if (!all)
		return;
	if (key == KEY_MOUSE)
		take_click(top);
	else if (key == KEY_UP || key == 'k')
		move_selection(top, -1);
	else if (key == KEY_DOWN || key == 'j')
		move_selection(top, 1);
	else if (key == KEY_PPAGE)
		move_selection(top, -page);
	else if (key == KEY_NPAGE)
		move_selection(top, page);
	else if (key == KEY_HOME || key == KEY_END)
		move_selection(top, key == KEY_HOME ? -all : all);
}

void top_overview__follow_mouse(struct top *top, bool follows)
{
	if (follows == top->follows_mouse)
		return;
	top->follows_mouse = follows;
	mouseinterval(0);
	mousemask(follows ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}
