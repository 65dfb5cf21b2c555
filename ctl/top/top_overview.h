// SPDX-License-Identifier: GPL-2.0-only
// top_overview: the full screen's list of interfaces, and the keys that select one.
#ifndef CTL_TOP_TOP_OVERVIEW_H
#define CTL_TOP_TOP_OVERVIEW_H

#include "ctl/top/top.h"

/** top_overview__draw() - draw the headings, the row for all and those that fit, from line @y. */
void top_overview__draw(struct top *top, int y, int lines);

/** top_overview__take_key() - move the selection, or open what was clicked on. */
void top_overview__take_key(struct top *top, int key);

/** top_overview__follow_mouse() - take clicks; if not, the terminal selects text with the mouse. */
void top_overview__follow_mouse(struct top *top, bool follows);

#endif
