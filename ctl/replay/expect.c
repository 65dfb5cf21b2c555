// SPDX-License-Identifier: GPL-2.0-only
// expect: compares a snapshot's sources with the expected counts in a file.
#include "ctl/replay/expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/input_file.h"
#include "common/base/number.h"

struct expected {
	struct endpoint source;
	__u64 syns;
};

struct expectation {
	struct expected *rows; /* by source */
	size_t count;
	size_t capacity;
};

static int by_source(const void *a, const void *b)
{
	/* The endpoint is the first member of both row types. */
	return endpoint__compare(a, b);
}

static int expectation_append(struct expectation *expectation, const struct expected *row)
{
	if (expectation->count == expectation->capacity) {
		size_t capacity = expectation->capacity ? 2 * expectation->capacity : 1024;
		struct expected *grown = reallocarray(expectation->rows, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		expectation->rows = grown;
		expectation->capacity = capacity;
	}
	expectation->rows[expectation->count++] = *row;
	return 0;
}

/* Return: 1 for a row, 0 for a line to skip, or -EINVAL. */
static int expectation_parse(char *line, struct expected *ret)
{
	char *tab;

	line[strcspn(line, "\r\n")] = '\0';
	if (!line[0] || line[0] == '#')
		return 0;
	tab = strchr(line, '\t');
	if (!tab)
		return -EINVAL;
	*tab = '\0';
	if (endpoint__parse(line, &ret->source))
		return -EINVAL;
	return number__u64("", tab + 1, 0, ~0ull, &ret->syns, NULL) ? -EINVAL : 1;
}

static int expectation_read_rows(FILE *file, const char *path, struct expectation *expectation,
				 struct errmsg *why)
{
	struct expected row;
	char line[INPUT_FILE_LINE_BYTES];
	ssize_t length = 1;
	int err = 0;

	for (__u64 number = 1; !err && length; number++) {
		int parsed;

		length = input_file__line(file, line, sizeof(line));
		parsed = length > 0 ? expectation_parse(line, &row) : length;
		if (parsed < 0)
			err = errmsg__set(why, parsed, "%s: line %llu is not 'address<TAB>syns'",
					  path, number);
		else if (parsed)
			err = expectation_append(expectation, &row);
	}
	if (!err && ferror(file))
		err = errmsg__set(why, -EIO, "%s: reading: %s", path, strerror(errno));
	return err;
}

static int expectation_check_unique(const struct expectation *expectation, const char *path,
				    struct errmsg *why)
{
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 1; i < expectation->count; i++)
		if (!by_source(&expectation->rows[i - 1], &expectation->rows[i]))
			return errmsg__set(why, -EINVAL, "%s: %s is listed twice", path,
					   endpoint__text(&expectation->rows[i].source, text));
	return 0;
}

static int expectation_read(FILE *file, const char *path, struct expectation *ret,
			    struct errmsg *why)
{
	struct expectation expectation = {};
	int err;

	err = expectation_read_rows(file, path, &expectation, why);
	if (expectation.count)
		qsort(expectation.rows, expectation.count, sizeof(*expectation.rows), by_source);
	err = err ?: expectation_check_unique(&expectation, path, why);
	if (err)
		free(expectation.rows);
	else
		*ret = expectation;
	return err;
}

/* Merge both sides, which are sorted by source. @differences has room for all rows of both. */
static size_t differ(const struct expectation *expectation, const struct tally *counted,
		     bool within, struct expect_difference *differences)
{
	size_t found = 0, i = 0, j = 0;

	while (i < expectation->count || j < counted->count) {
		int order = i == expectation->count ? 1
			    : j == counted->count
				    ? -1
				    : by_source(&expectation->rows[i], &counted->rows[j]);
		struct expect_difference row = {.at_most = within ? counted->unlisted_at_most : 0};
		bool as_expected;

		if (order <= 0) {
			row.source = expectation->rows[i].source;
			row.expected = expectation->rows[i++].syns;
		}
		if (order >= 0) {
			row.source = counted->rows[j].endpoint;
			row.at_least = counted->rows[j].at_least;
			row.at_most = counted->rows[j++].at_most;
		}
		as_expected = row.at_least <= row.expected && row.expected <= row.at_most;
		if (!as_expected || (!within && row.at_least != row.at_most))
			differences[found++] = row;
	}
	return found;
}

int expect__compare(FILE *file, const char *path, const struct snapshot *snapshot, bool within,
		    struct expect_difference **ret, size_t *ret_count, struct errmsg *why)
{
	struct tally counted = snapshot->tallies[TABLE_SOURCES];
	struct expect_difference *differences;
	struct expectation expectation = {};
	int err;

	err = expectation_read(file, path, &expectation, why);
	if (err)
		return err;
	counted.rows = calloc(counted.count + 1, sizeof(*counted.rows));
	differences = calloc(expectation.count + counted.count + 1, sizeof(*differences));
	if (counted.rows && differences) {
		if (counted.count)
			memcpy(counted.rows, snapshot->tallies[TABLE_SOURCES].rows,
			       counted.count * sizeof(*counted.rows));
		qsort(counted.rows, counted.count, sizeof(*counted.rows), by_source);
		*ret_count = differ(&expectation, &counted, within, differences);
		*ret = differences;
		differences = NULL;
	} else {
		err = -ENOMEM;
	}
	free(differences);
	free(counted.rows);
	free(expectation.rows);
	return err;
}
