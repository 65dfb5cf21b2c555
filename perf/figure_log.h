// SPDX-License-Identifier: GPL-2.0-only
// figure_log: results that are lines of figures, summarized over the rounds.
#ifndef PERF_FIGURE_LOG_H
#define PERF_FIGURE_LOG_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * figure_log__read() - read the lines that perf/flood.sh or policy_bench wrote
 *
 * A line is {"row", "label", "rate", "round", "figures": {NAME: number, ...}}, or {"row", "label",
 * "skipped"} if it cannot run here. Without "rate", a row has one line a round.
 *
 * Return: 0 with *@ret, an array owned by the caller (empty if the file does not exist), or a
 * negative errno with @why set. Its rows have the texts of their first line, and a spread for each
 * figure, or "skipped".
 */
int figure_log__read(const char *path, json_t **ret, struct errmsg *why);

#endif
