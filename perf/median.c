// SPDX-License-Identifier: GPL-2.0-only
// median: median and spread of samples.
#include "perf/median.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS 1000.0 /* no figure here is more precise */

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Interpolates linearly between neighbours. */
static double quantile(const double *sorted, size_t count, double share)
{
	double position = share * (count - 1);
	size_t below = position;
	size_t above = below + 1 < count ? below + 1 : below;

	return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

struct spread spread__of(const double *figures, size_t count)
{
	double sorted[SAMPLES_MAX];

	if (count > SAMPLES_MAX)
		count = SAMPLES_MAX;
	memcpy(sorted, figures, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_doubles);
	return (struct spread){
		.median = quantile(sorted, count, 0.5),
		.min = sorted[0],
		.max = sorted[count - 1],
		.lower = quantile(sorted, count, 0.25),
		.upper = quantile(sorted, count, 0.75),
	};
}

static double rounded(double value)
{
	return round(value * DECIMALS) / DECIMALS;
}

json_t *spread__to_json(const double *figures, size_t count)
{
	struct spread spread = spread__of(figures, count);
	json_t *samples = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(samples, json_real(rounded(figures[i])));
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:o}", "median", rounded(spread.median), "min",
			 rounded(spread.min), "max", rounded(spread.max), "lower_quartile",
			 rounded(spread.lower), "upper_quartile", rounded(spread.upper), "samples",
			 samples);
}

static double spread_field(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

struct spread spread__from_json(const json_t *object)
{
	return (struct spread){
		.median = spread_field(object, "median"),
		.min = spread_field(object, "min"),
		.max = spread_field(object, "max"),
		.lower = spread_field(object, "lower_quartile"),
		.upper = spread_field(object, "upper_quartile"),
	};
}
