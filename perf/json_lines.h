// SPDX-License-Identifier: GPL-2.0-only
// json_lines: read a file of one JSON object per line.
#ifndef PERF_JSON_LINES_H
#define PERF_JSON_LINES_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * json_lines__read() - read all lines of a file
 *
 * Return: 0 with *@ret, an array owned by the caller (empty if the file does not exist), or a
 * negative errno with @why set.
 */
int json_lines__read(const char *path, json_t **ret, struct errmsg *why);

#endif
