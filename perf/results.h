// SPDX-License-Identifier: GPL-2.0-only
// results: the measurements in the kernel, as JSON.
#ifndef PERF_RESULTS_H
#define PERF_RESULTS_H

#include <jansson.h>

#include "perf/measure.h"

#define RESULTS_SCHEMA 2 /* raised when a field changes its meaning or is removed */

/** results__to_json() - programs and rows, with the cost of each above the floor of its round. */
json_t *results__to_json(const struct measurement *measurement);

/** results__mismatch() - the first program whose counts do not reconcile, described, or NULL. */
const char *results__mismatch(const struct measurement *measurement);

#endif
