// SPDX-License-Identifier: GPL-2.0-only
// livelog: the results of the live rows, one line per run, summarized over the rounds.
#ifndef PERF_LIVELOG_H
#define PERF_LIVELOG_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * livelog__read() - read a file of one JSON object per line
 *
 * A line is {"row", "label", "sources", "sent", "delivered", "counted", "seconds"}, or {"row",
 * "label", "skipped"} if it cannot run here.
 *
 * Return: 0 with *@ret, an array with a row for each row and number of sources, owned by the caller
 * (empty if the file does not exist), or a negative errno with @why set.
 */
int livelog__read(const char *path, json_t **ret, struct errmsg *why);

#endif
