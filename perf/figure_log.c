// SPDX-License-Identifier: GPL-2.0-only
// figure_log: results that are lines of figures, summarized over the rounds.
#include "perf/figure_log.h"

#include <stdbool.h>
#include <string.h>

#include "perf/json_lines.h"
#include "perf/lookup.h"
#include "perf/median.h"

static bool is_same_row(const json_t *a, const json_t *b)
{
	return !strcmp(lookup__text(a, "row"), lookup__text(b, "row")) &&
	       !strcmp(lookup__text(a, "rate"), lookup__text(b, "rate"));
}

/* The row of @line, with its texts; new if it is the first one of it at its rate. */
static json_t *figure_log_row(json_t *rows, json_t *line)
{
	json_t *text, *row = lookup__like(rows, line, is_same_row);
	const char *key;

	if (row)
		return row;
	row = json_object();
	json_object_foreach (line, key, text)
		if (json_is_string(text))
			json_object_set(row, key, text);
	json_array_append_new(rows, row);
	return row;
}

/* Adds the spread of a figure over all rounds of @row. A round without it counts for nothing. */
static void figure_log_add_spread(const json_t *lines, const char *figure, json_t *row)
{
	double samples[SAMPLES_MAX];
	const json_t *line;
	size_t count = 0, i;

	json_array_foreach (lines, i, line) {
		const json_t *figures = json_object_get(line, "figures");

		if (json_object_get(figures, figure) && count < SAMPLES_MAX &&
		    is_same_row(line, row))
			samples[count++] = lookup__number(figures, figure);
	}
	json_object_set_new(row, figure, spread__to_json(samples, count));
}

int figure_log__read(const char *path, json_t **ret, struct errmsg *why)
{
	json_t *lines, *rows, *line, *value;
	const char *figure;
	size_t i;
	int err = json_lines__read(path, &lines, why);

	if (err)
		return err;
	rows = json_array();
	json_array_foreach (lines, i, line) {
		json_t *row = figure_log_row(rows, line);

		if (json_object_get(line, "skipped"))
			json_object_set(row, "skipped", json_object_get(line, "skipped"));
		json_object_foreach (json_object_get(line, "figures"), figure, value)
			if (!json_object_get(row, figure))
				figure_log_add_spread(lines, figure, row);
	}
	json_decref(lines);
	*ret = rows;
	return 0;
}
