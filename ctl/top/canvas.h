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
	CANVAS_REVERSE,
	CANVAS_STYLES,
};

/** canvas__start() - call once after curses. @unicode: true if the locale's charset is UTF-8. */
void canvas__start(bool unicode);

/** canvas__style() - attributes of a style, for attrset(3). */
attr_t canvas__style(enum canvas_style style);

/**
 * canvas__put() - print text in at most @width columns; longer text ends in an ellipsis
 *
 * Return: the column after the text.
 */
__attribute__((format(printf, 5, 6))) int
canvas__put(int y, int x, int width, enum canvas_style style, const char *fmt, ...);

/** canvas__number() - print a number, aligned to the right of @width columns. */
void canvas__number(int y, int x, int width, enum canvas_style style, const char *number);

/** canvas__heading() - a right-aligned column heading. @marked: rows are sorted by this column. */
void canvas__heading(int y, int x, int width, bool marked, const char *text);

/** canvas__fill() - give the rest of a line, from column @x, a style. */
void canvas__fill(int y, int x, enum canvas_style style);

/** canvas__bar() - a horizontal bar over @share (0 to 1) of @width columns. */
void canvas__bar(int y, int x, int width, double share);

/** canvas__column() - a vertical bar over @share (0 to 1) of @height lines, from line @y up. */
void canvas__column(int y, int x, int height, double share);

#endif
