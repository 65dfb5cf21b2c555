// SPDX-License-Identifier: GPL-2.0-only
// median: the middle of some figures and how far they spread.
#ifndef PERF_MEDIAN_H
#define PERF_MEDIAN_H

#include <jansson.h>
#include <stddef.h>

/* As many figures as there may be rounds. */
#define STATS_MAX 101

struct spread {
	double median;
	double min, max;
	double lower, upper; /* quartiles */
};

/** spread__of() - of 1 to STATS_MAX figures, in any order. */
struct spread spread__of(const double *figures, size_t count);

/** spread__to_json() - {"median": ..., "min": ..., "max": ..., "lower_quartile": ..., ...}. */
json_t *spread__to_json(const double *figures, size_t count);

/** spread__from_json() - the reverse; all zeros where @object is none. */
struct spread spread__from_json(const json_t *object);

#endif
