// SPDX-License-Identifier: GPL-2.0-only
// plotdata: the report's figures as input of gnuplot.
#ifndef PERF_PLOTDATA_H
#define PERF_PLOTDATA_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * plotdata__write() - write cost.dat, kinds.dat and live.dat
 *
 * cost.dat has a block for each program: its label, then lines of sources, median, min, max.
 * kinds.dat has a line for each kind and a column for each program; live.dat a line for each row
 * and number of sources: millions per second counted, and lost.
 *
 * Return: 0, or a negative errno with @why set.
 */
int plotdata__write(const char *directory, const json_t *document, struct errmsg *why);

#endif
