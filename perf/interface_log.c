// SPDX-License-Identifier: GPL-2.0-only
// interface_log: the results of perf/interfaces.sh, summarized over the rounds.
#include "perf/interface_log.h"

#include <stdbool.h>
#include <string.h>

#include "perf/json_lines.h"
#include "perf/lookup.h"
#include "perf/median.h"

static bool is_same_scene(const json_t *a, const json_t *b)
{
	return !strcmp(lookup__text(a, "binary"), lookup__text(b, "binary")) &&
	       lookup__number(a, "interfaces") == lookup__number(b, "interfaces") &&
	       lookup__number(a, "links") == lookup__number(b, "links");
}

/* The row of the scene and binary of @line, new if it is the first one of these. */
static json_t *scene_row(json_t *rows, const json_t *line)
{
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (is_same_scene(row, line))
			return row;
	row = json_pack("{s:s, s:I, s:I, s:{}}", "binary", lookup__text(line, "binary"),
			"interfaces", (json_int_t)lookup__number(line, "interfaces"), "links",
			(json_int_t)lookup__number(line, "links"), "failed");
	json_array_append_new(rows, row);
	return row;
}

/* The spread of a step over all rounds of the scene of @like. */
static json_t *step_spread(const json_t *lines, const json_t *like)
{
	const char *step = lookup__text(like, "step");
	double figures[SAMPLES_MAX];
	const json_t *line, *figure;
	size_t count = 0, i;

	json_array_foreach (lines, i, line) {
		figure = json_object_get(line, "ms") ?: json_object_get(line, "mib");
		if (figure && count < SAMPLES_MAX && is_same_scene(line, like) &&
		    !strcmp(lookup__text(line, "step"), step))
			figures[count++] = json_number_value(figure);
	}
	return count ? spread__to_json(figures, count) : NULL;
}

int interface_log__read(const char *path, json_t **ret, struct errmsg *why)
{
	json_t *lines, *rows;
	const json_t *line;
	size_t i;
	int err = json_lines__read(path, &lines, why);

	if (err)
		return err;
	rows = json_array();
	json_array_foreach (lines, i, line) {
		const char *step = lookup__text(line, "step");
		json_t *row = scene_row(rows, line);

		if (json_object_get(line, "failed"))
			json_object_set(json_object_get(row, "failed"), step,
					json_object_get(line, "failed"));
		else if (!json_object_get(row, step))
			json_object_set_new(row, step, step_spread(lines, line));
	}
	json_decref(lines);
	*ret = rows;
	return 0;
}
