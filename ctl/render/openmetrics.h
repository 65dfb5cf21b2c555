// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: watched interfaces as OpenMetrics 1.0 text, which Prometheus reads.
#ifndef CTL_RENDER_OPENMETRICS_H
#define CTL_RENDER_OPENMETRICS_H

#include <stdio.h>

#include "ctl/monitor/watch.h"

#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

enum openmetrics_dialect {
	OPENMETRICS_1_0,
	OPENMETRICS_CLASSIC, /* Prometheus text 0.0.4: all that node_exporter's textfiles may be */
};

/**
 * openmetrics__print() - totals of all interfaces
 * @top: at most so many sources and victims of each: every one is a time series of its own
 */
void openmetrics__print(FILE *out, const struct watch *watch, size_t top,
			enum openmetrics_dialect dialect);

#endif
