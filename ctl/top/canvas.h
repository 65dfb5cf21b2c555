// SPDX-License-Identifier: GPL-2.0-only
// canvas: text and bars on a full screen, in colours and eighths of a cell where there are some.
#ifndef CTL_TOP_CANVAS_H
#define CTL_TOP_CANVAS_H

#include <ncurses.h>
#include <stdbool.h>

enum canvas_style {
	CANVAS_PLAIN,
	CANVAS_FAINT,
	CANVAS_HEADING,
	CANVAS_BAR,
	CANVAS_GOOD,
	CANVAS_WARNING,
	CANVAS_STYLES,
};

/** canvas__start() - once, when ncurses has been started. @unicode: the locale's charset is it. */
void canvas__start(bool unicode);

/** canvas__style() - the attributes of a style, for attrset(3). */
attr_t canvas__style(enum canvas_style style);

/** canvas__put() - text, cut off at @width and at the edge of the screen, above its last line. */
__attribute__((format(printf, 5, 6))) void
canvas__put(int y, int x, int width, enum canvas_style style, const char *fmt, ...);

/** canvas__heading() - right-aligned in @width columns. @marked: rows are sorted by it. */
void canvas__heading(int y, int x, int width, bool marked, const char *text);

/** canvas__rule() - what headings stand on. */
void canvas__rule(int y, int x, int width);

/** canvas__reverse() - a line of the whole width in reverse; text on it follows. */
void canvas__reverse(int y);

/** canvas__bar() - a bar of @share (0 to 1) of @width columns. */
void canvas__bar(int y, int x, int width, double share);

/** canvas__column() - a column of @share of @height lines, of which the last one is at @y. */
void canvas__column(int y, int x, int height, double share);

#endif
