// SPDX-License-Identifier: GPL-2.0-only
// results: what was measured in the kernel, as JSON.
#ifndef PERF_RESULTS_H
#define PERF_RESULTS_H

#include <jansson.h>

#include "perf/measure.h"

#define RESULTS_SCHEMA 1 /* raised when a field changes its meaning or goes away */

/** results__to_json() - programs and rows, with what each costs above the floor of its round. */
json_t *results__to_json(const struct measurement *measurement);

/** results__unbalanced() - the first complaint about any books, or NULL. */
const char *results__unbalanced(const struct measurement *measurement);

#endif
