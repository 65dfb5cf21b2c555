// SPDX-License-Identifier: GPL-2.0-only
// interval_text: the intervals of watched interfaces as tables for people.
#ifndef CTL_RENDER_INTERVAL_TEXT_H
#define CTL_RENDER_INTERVAL_TEXT_H

#include "ctl/monitor/watch.h"

/**
 * print_interval() - print the latest interval of every watched interface
 *
 * Several begin with an overview; each of them follows if they are @verbose or named.
 *
 * @top: show at most this many sources and victims of each
 * @verbose: also show classes without frames, and why an interface cannot be read

 *
 * Return: 0, or -ENOMEM with @why set.
 */
int print_interval(const struct watch *watch, size_t top, bool verbose, struct errmsg *why);

#endif
