// SPDX-License-Identifier: GPL-2.0-only
// median: median and spread of samples.
#ifndef PERF_MEDIAN_H
#define PERF_MEDIAN_H

#include <jansson.h>
#include <stddef.h>

/* The maximum number of samples, and so of rounds. */
#define SAMPLES_MAX 101

struct spread {
	double median;
	double min, max;
	double lower, upper; /* quartiles */
};

/** spread__of() - the spread of 1 to SAMPLES_MAX samples, in any order. */
struct spread spread__of(const double *figures, size_t count);

/** spread__to_json() - {"median": ..., "min": ..., "max": ..., "lower_quartile": ..., ...}. */
json_t *spread__to_json(const double *figures, size_t count);

/** spread__from_json() - the reverse; zeros if @object is not an object. */
struct spread spread__from_json(const json_t *object);

#endif
