// SPDX-License-Identifier: GPL-2.0-only
// flood_log: the results of perf/flood.sh, summarized over the rounds.
#ifndef PERF_FLOOD_LOG_H
#define PERF_FLOOD_LOG_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * flood_log__read() - read the lines that perf/flood.sh wrote
 *
 * A line is {"row", "label", "rate", "round", "figures": {NAME: number, ...}}, or {"row", "label",
 * "skipped"} if it cannot run here.
 *
 * Return: 0 with *@ret, an array owned by the caller (empty if the file does not exist), or a
 * negative errno with @why set. Its rows have "row", "label" and "rate", and a spread for each
 * figure, or "skipped".
 */
int flood_log__read(const char *path, json_t **ret, struct errmsg *why);

#endif
