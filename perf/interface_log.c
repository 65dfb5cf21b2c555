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
	json_t *row = lookup__like(rows, line, is_same_scene);

	if (row)
		return row;
	row = json_pack("{s:s, s:I, s:I, s:{}, s:{}}", "binary", lookup__text(line, "binary"),
			"interfaces", (json_int_t)lookup__number(line, "interfaces"), "links",
			(json_int_t)lookup__number(line, "links"), "cpu", "failed");
	json_array_append_new(rows, row);
	return row;
}

/* Adds the spread of a figure of the step of @like, over all rounds of its scene. */
static void add_spread(const json_t *lines, const json_t *like, const char *figure, json_t *object)
{
	const char *step = lookup__text(like, "step");
	double samples[SAMPLES_MAX];
	const json_t *line;
	size_t count = 0, i;

	json_array_foreach (lines, i, line)
		if (json_object_get(line, figure) && count < SAMPLES_MAX &&
		    is_same_scene(line, like) && !strcmp(lookup__text(line, "step"), step))
			samples[count++] = lookup__number(line, figure);
	if (count)
		json_object_set_new(object, step, spread__to_json(samples, count));
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
		if (json_object_get(line, "failed") || json_object_get(row, step))
			continue;
		add_spread(lines, line, json_object_get(line, "mib") ? "mib" : "ms", row);
		add_spread(lines, line, "cpu_ms", json_object_get(row, "cpu"));
	}
	json_decref(lines);
	*ret = rows;
	return 0;
}
