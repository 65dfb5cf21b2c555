// SPDX-License-Identifier: GPL-2.0-only
// canvas: text, bars and columns on a curses screen, with or without colours and Unicode.
#include "ctl/top/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/render/terminal.h"

#define EIGHTHS 8

static const struct {
	short foreground; /* -1: the terminal's default */
	attr_t with;
	attr_t without; /* on a terminal without colours */
} styles[CANVAS_STYLES] = {
	[CANVAS_PLAIN] = {-1, A_NORMAL, A_NORMAL},
	[CANVAS_FAINT] = {-1, A_DIM, A_DIM},
	[CANVAS_HEADING] = {COLOR_CYAN, A_UNDERLINE, A_BOLD | A_UNDERLINE},
	[CANVAS_BAR] = {COLOR_GREEN, A_NORMAL, A_NORMAL},
	[CANVAS_GOOD] = {COLOR_GREEN, A_NORMAL, A_NORMAL},
	[CANVAS_WARNING] = {COLOR_RED, A_BOLD, A_BOLD},
	[CANVAS_REVERSE] = {-1, A_REVERSE, A_REVERSE},
};

static const char *const eighths_of_a_cell[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄",
							   "▅", "▆", "▇", "█"};

static bool in_colours, in_unicode;

void canvas__start(bool unicode)
{
	in_unicode = unicode;
	in_colours = has_colors() && terminal__wants_colours();
	if (!in_colours)
		return;
	start_color();
	use_default_colors();
	for (short i = 1; i < CANVAS_STYLES; i++)
		init_pair(i, styles[i].foreground, -1);
}

attr_t canvas__style(enum canvas_style style)
{
	return in_colours ? COLOR_PAIR(style) | styles[style].with : styles[style].without;
}

int canvas__put(int y, int x, int width, enum canvas_style style, const char *fmt, ...)
{
	char text[512], fitted[512];
	va_list args;

	if (width > COLS - x)
		width = COLS - x;
	if (y >= LINES || width <= 0)
		return x;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	utf8__fit(text, width, in_unicode ? "…" : "...", fitted, sizeof(fitted));
	attrset(canvas__style(style));
	mvaddstr(y, x, fitted);
	attrset(A_NORMAL);
	return x + utf8__columns(fitted);
}

void canvas__number(int y, int x, int width, enum canvas_style style, const char *number)
{
	canvas__put(y, x, width, style, "%*s", width, number);
}

void canvas__heading(int y, int x, int width, bool marked, const char *text)
{
	canvas__put(y, x, width, CANVAS_HEADING, "%*s", width, text);
	if (marked && y < LINES)
		canvas__put(y, x + width - (int)strlen(text) - 1, 1, CANVAS_HEADING, "%s",
			    in_unicode ? "▼" : ">");
}

void canvas__fill(int y, int x, enum canvas_style style)
{
	if (y >= LINES || x >= COLS)
		return;
	attrset(canvas__style(style));
	mvhline(y, x, ' ', COLS - x);
	attrset(A_NORMAL);
}

void canvas__bar(int y, int x, int width, double share)
{
	int filled = share * width + 0.5;

	if (y >= LINES || x + width > COLS)
		return;
	attrset(canvas__style(CANVAS_BAR));
	for (int i = 0; i < width && i < filled; i++)
		mvaddstr(y, x + i, in_unicode ? "━" : "=");
	attrset(A_NORMAL);
}

void canvas__column(int y, int x, int height, double share)
{
	int filled = share * height * EIGHTHS + 0.5;

	attrset(canvas__style(CANVAS_BAR));
	for (int i = 0; i < height && filled > i * EIGHTHS; i++) {
		int eighths = filled - i * EIGHTHS < EIGHTHS ? filled - i * EIGHTHS : EIGHTHS;

		mvaddstr(y - i, x,
			 in_unicode               ? eighths_of_a_cell[eighths]
			 : eighths >= EIGHTHS / 2 ? "#"
						  : " ");
	}
	attrset(A_NORMAL);
}
