// SPDX-License-Identifier: GPL-2.0-only
// livelog: what the live rows wrote, a line a run, summed up over the rounds.
#ifndef PERF_LIVELOG_H
#define PERF_LIVELOG_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * livelog__read() - a file of one JSON object a line
 *
 * A line is {"row", "label", "sources", "sent", "delivered", "counted", "seconds"}, or {"row",
 * "label", "skipped"} of what cannot run here.
 *
 * Return: 0 with *@ret, an array with a row for each row and number of sources, owned by the caller
 * (empty when there is no such file), or a negative errno with @why set.
 */
int livelog__read(const char *path, json_t **ret, struct errmsg *why);

#endif
