// SPDX-License-Identifier: GPL-2.0-only
// lookup: find rows and figures in the report's document.
#include "perf/lookup.h"

#include <stdio.h>
#include <string.h>

const char *lookup__text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

double lookup__number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

const json_t *lookup__row(const json_t *document, const struct row_key *key)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(document, "rows"), i, row)
		if (!strcmp(lookup__text(row, "suite"), key->suite) &&
		    !strcmp(lookup__text(row, "traffic"), key->traffic) &&
		    !strcmp(lookup__text(row, "program"), key->program) &&
		    lookup__number(row, "jobs") == key->jobs)
			return row;
	return NULL;
}

json_t *lookup__like(const json_t *rows, const json_t *line,
		     bool (*is_same)(const json_t *row, const json_t *line))
{
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (is_same(row, line))
			return row;
	return NULL;
}

bool lookup__spread(const json_t *row, const char *figure, struct spread *ret)
{
	const json_t *object = json_object_get(row, figure);

	if (object)
		*ret = spread__from_json(object);
	return object;
}

const char *lookup__label(const json_t *document, const char *program)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(document, "programs"), i, row)
		if (!strcmp(lookup__text(row, "name"), program))
			return lookup__text(row, "label");
	return program;
}

const char *lookup__count_text(double count, char *buf)
{
	static const char units[] = " KM";
	unsigned long long value = count;
	int unit = 0;

	for (; value && value % 1024 == 0 && units[unit + 1]; unit++)
		value /= 1024;
	snprintf(buf, COUNT_TEXT_BYTES, "%llu%.*s", value, unit > 0, &units[unit]);
	return buf;
}
