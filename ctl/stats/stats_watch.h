// SPDX-License-Identifier: GPL-2.0-only
// stats_watch: the loop of `xdpctl stats --watch`.
#ifndef CTL_STATS_STATS_WATCH_H
#define CTL_STATS_STATS_WATCH_H

#include "ctl/monitor/watch.h"

enum stats_format { STATS_TABLE, STATS_JSON, STATS_JSON_LINES, STATS_OPENMETRICS };

struct stats_options {
	enum stats_format format;
	bool verbose;
	bool jsonl;
	bool prom;
	__u64 top;
	__u64 interval_ns; /* 0: show the totals once */
	__u64 intervals;   /* 0: until a signal */
	struct source_view view;
	const char **names; /* NULL-terminated; empty: every attached interface */
};

/**
 * stats__watch() - print every interval on standard output, until a signal
 *
 * The signal ends the current interval early and prints it, so that no count is missing.
 *
 * Return: 0, or a negative errno with @why set.
 */
int stats__watch(const struct stats_options *options, struct errmsg *why);

/** stats__openmetrics() - print the totals once as OpenMetrics. Return: 0, or a negative errno with
 * @why set. */
int stats__openmetrics(const struct stats_options *options, struct errmsg *why);

#endif
