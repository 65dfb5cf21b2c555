// SPDX-License-Identifier: GPL-2.0-only
// terminal: what the terminal on standard output can show, and what its user wants.
#ifndef CTL_RENDER_TERMINAL_H
#define CTL_RENDER_TERMINAL_H

#include <stdbool.h>

/** terminal__columns() - its width; 0: unknown, or standard output is no terminal. */
int terminal__columns(void);

/** terminal__wants_colours() - false if NO_COLOR is set, or TERM names no terminal with colours. */
bool terminal__wants_colours(void);

#endif
