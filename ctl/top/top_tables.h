// SPDX-License-Identifier: GPL-2.0-only
// top_tables: the tables of the full screen. Their columns share its width, so that a value that
// does not fit is visibly cut, and never looks like another value.
#ifndef CTL_TOP_TOP_TABLES_H
#define CTL_TOP_TOP_TABLES_H

#include "ctl/top/top.h"

/**
 * top_tables__draw_middle() - draw the classes with most frames, and the victims next to them
 * @history: counts of the classes; NULL: none yet
 * @lines: of each table, with its headings
 */
void top_tables__draw_middle(const struct rate_history *history, struct watched *watched, int y,
			     int lines);

/** top_tables__draw_sources() - draw the sources in @lines lines, with their headings. */
void top_tables__draw_sources(const struct top *top, struct watched *watched, int y, int lines);

#endif
