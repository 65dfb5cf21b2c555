// SPDX-License-Identifier: GPL-2.0-only
// canvas: text, bars and columns on a curses screen, with or without colours and Unicode.
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

/** canvas__start() - call once after curses. @unicode: true if the locale's charset is UTF-8. */
void canvas__start(bool unicode);

/** canvas__style() - attributes of a style, for attrset(3). */
attr_t canvas__style(enum canvas_style style);

/** canvas__put() - print text, cut at @width columns and at the screen's edge; not on the last
 * line. */
__attribute__((format(printf, 5, 6))) void
canvas__put(int y, int x, int width, enum canvas_style style, const char *fmt, ...);

/** canvas__heading() - a right-aligned column heading. @marked: rows are sorted by this column. */
void canvas__heading(int y, int x, int width, bool marked, const char *text);

/** canvas__rule() - underline a row of headings. */
void canvas__rule(int y, int x, int width);

/** canvas__reverse() - fill a line in reverse video, and leave that attribute on. */
void canvas__reverse(int y);

/** canvas__bar() - a horizontal bar over @share (0 to 1) of @width columns. */
void canvas__bar(int y, int x, int width, double share);

/** canvas__column() - a vertical bar over @share (0 to 1) of @height lines, from line @y up. */
void canvas__column(int y, int x, int height, double share);

#endif
