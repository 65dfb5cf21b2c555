// SPDX-License-Identifier: GPL-2.0-only
// lookup: find rows and figures in the report's document.
#ifndef PERF_LOOKUP_H
#define PERF_LOOKUP_H

#include <jansson.h>
#include <stdbool.h>

#include "perf/median.h"

/* One row of a suite on one crew. */
struct row_key {
	const char *suite;
	const char *traffic;
	const char *program;
	int jobs;
};

/** lookup__row() - the row, or NULL. */
const json_t *lookup__row(const json_t *document, const struct row_key *key);

/** lookup__like() - the first of @rows that is the same as @line, or NULL. */
json_t *lookup__like(const json_t *rows, const json_t *line,
		     bool (*is_same)(const json_t *row, const json_t *line));

/** lookup__spread() - a figure of a row. Return: false if there is no such row or figure. */
bool lookup__spread(const json_t *row, const char *figure, struct spread *ret);

/** lookup__label() - the label of the program called @program. */
const char *lookup__label(const json_t *document, const char *program);

/** lookup__text() - a string of an object, or "". */
const char *lookup__text(const json_t *object, const char *key);

/** lookup__number() - a number of an object, or 0. */
double lookup__number(const json_t *object, const char *key);

#define COUNT_TEXT_BYTES 24

/** lookup__count_text() - 65536 as "64K", 1048576 as "1M". Return: @buf. */
const char *lookup__count_text(double count, char *buf);

#endif
