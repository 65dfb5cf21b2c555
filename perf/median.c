// SPDX-License-Identifier: GPL-2.0-only
// median: the middle of some figures and how far they spread.
#include "perf/median.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS 1000.0 /* nothing here is known more exactly */

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Between two neighbours, in proportion. */
static double quantile(const double *sorted, size_t count, double share)
{
	double place = share * (count - 1);
	size_t below = place;
	size_t above = below + 1 < count ? below + 1 : below;

	return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

struct spread spread__of(const double *figures, size_t count)
{
	double sorted[STATS_MAX];

	if (count > STATS_MAX)
		count = STATS_MAX;
	memcpy(sorted, figures, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_value);
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

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

struct spread spread__from_json(const json_t *object)
{
	return (struct spread){
		.median = number(object, "median"),
		.min = number(object, "min"),
		.max = number(object, "max"),
		.lower = number(object, "lower_quartile"),
		.upper = number(object, "upper_quartile"),
	};
}
