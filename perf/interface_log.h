// SPDX-License-Identifier: GPL-2.0-only
// interface_log: the results of perf/interfaces.sh, summarized over the rounds.
#ifndef PERF_INTERFACE_LOG_H
#define PERF_INTERFACE_LOG_H

#include <jansson.h>

#include "common/base/errmsg.h"

/**
 * interface_log__read() - read the lines that perf/interfaces.sh wrote
 *
 * A line is {"binary", "interfaces", "links", "step", and "ms" with "cpu_ms", "mib" or "failed"}.
 *
 * Return: 0 with *@ret, an array owned by the caller (empty if the file does not exist), or a
 * negative errno with @why set. Its rows have "binary", "interfaces" and "links", a spread for each
 * step, in "cpu" one of its CPU time, and in "failed" the reasons of the steps that failed.
 */
int interface_log__read(const char *path, json_t **ret, struct errmsg *why);

#endif
