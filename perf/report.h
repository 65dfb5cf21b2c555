// SPDX-License-Identifier: GPL-2.0-only
// report: what a person reads, out of what was measured.
#ifndef PERF_REPORT_H
#define PERF_REPORT_H

#include "common/base/errmsg.h"

/**
 * report__write() - report.md, report.json and the data of the plots
 * @directory: with bench.json, live.jsonl, or both
 *
 * Return: 0, or a negative errno with @why set.
 */
int report__write(const char *directory, struct errmsg *why);

#endif
