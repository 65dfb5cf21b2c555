// SPDX-License-Identifier: GPL-2.0-only
// json_lines: read a file of one JSON object per line.
#include "perf/json_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int json_lines_append(FILE *file, const char *path, json_t *lines, struct errmsg *why)
{
	json_error_t error;
	char *line = NULL;
	size_t line_bytes = 0;
	json_t *object;
	int err = 0;

	while (!err && getline(&line, &line_bytes, file) > 0) {
		object = json_loads(line, 0, &error);
		if (!object)
			err = errmsg__set(why, -EINVAL, "%s: %s", path, error.text);
		else
			json_array_append_new(lines, object);
	}
	free(line);
	return err;
}

int json_lines__read(const char *path, json_t **ret, struct errmsg *why)
{
	FILE *file = fopen(path, "re");
	json_t *lines = json_array();
	int err = 0;

	if (file) {
		err = json_lines_append(file, path, lines, why);
		fclose(file);
	}
	if (err)
		json_decref(lines);
	else
		*ret = lines;
	return err;
}
