// SPDX-License-Identifier: GPL-2.0-only
// events_metrics: the samples of what `events run` has recorded.
#ifndef CTL_RENDER_EVENTS_METRICS_H
#define CTL_RENDER_EVENTS_METRICS_H

#include "ctl/render/metrics_page.h"

/** events_metrics__print() - print all families; nothing if there never was a run. */
void events_metrics__print(FILE *out, enum openmetrics_dialect dialect);

#endif
