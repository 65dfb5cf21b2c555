// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: the totals of watched interfaces as OpenMetrics or Prometheus text.
#ifndef CTL_RENDER_OPENMETRICS_H
#define CTL_RENDER_OPENMETRICS_H

#include <stdio.h>

#include "ctl/render/metrics_page.h"

#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define OPENMETRICS_CLASSIC_TYPE "text/plain; version=0.0.4; charset=utf-8"

/**
 * openmetrics__print() - print the totals of all watched interfaces
 * @top: at most this many sources and victims of each; each of them is a time series
 */
void openmetrics__print(FILE *out, const struct watch *watch, size_t top,
			enum openmetrics_dialect dialect);

#endif
