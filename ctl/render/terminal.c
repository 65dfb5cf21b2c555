// SPDX-License-Identifier: GPL-2.0-only
// terminal: what the terminal on standard output can show, and what its user wants.
#include "ctl/render/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int terminal__columns(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

/* https://no-color.org: any value but the empty one. */
bool terminal__wants_colours(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_color && no_color[0]) && term && term[0] && strcmp(term, "dumb");
}
