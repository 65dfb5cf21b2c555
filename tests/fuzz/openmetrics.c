// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: a strict parser for the exporter's metrics.
#include "tests/fuzz/openmetrics.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64
#define MAX_LABELS 8
#define MAX_FAMILIES 64

struct reader {
	const char *at;
	bool classic;
	char families[MAX_FAMILIES][NAME_BYTES]; /* the last one is being read */
	unsigned int family_count;
	bool is_counter, has_type;
	char unit[NAME_BYTES];
	json_t *series; /* names with labels, as keys */
	const char *complaint;
};

static bool fail(struct reader *reader, const char *complaint)
{
	if (!reader->complaint)
		reader->complaint = complaint;
	return false;
}

static bool take(struct reader *reader, const char *literal)
{
	size_t bytes = strlen(literal);

	if (strncmp(reader->at, literal, bytes))
		return false;
	reader->at += bytes;
	return true;
}

static bool take_name(struct reader *reader, char name[NAME_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t bytes = strspn(reader->at, letters);

	if (bytes)
		bytes += strspn(reader->at + bytes, "abcdefghijklmnopqrstuvwxyz"
						    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	if (!bytes || bytes >= NAME_BYTES)
		return fail(reader, "a name is missing or too long");
	memcpy(name, reader->at, bytes);
	name[bytes] = '\0';
	reader->at += bytes;
	return true;
}

static bool take_line_end(struct reader *reader)
{
	return take(reader, "\n") || fail(reader, "trailing text on a line");
}

static bool take_help(struct reader *reader)
{
	char *name = reader->families[reader->family_count];

	if (reader->family_count == MAX_FAMILIES)
		return fail(reader, "too many families");
	if (!take_name(reader, name))
		return false;
	for (unsigned int i = 0; i < reader->family_count; i++)
		if (!strcmp(reader->families[i], name))
			return fail(reader, "a duplicate family");
	reader->family_count++;
	reader->has_type = false;
	reader->unit[0] = '\0';
	if (!take(reader, " "))
		return fail(reader, "HELP without text");
	if (memchr(reader->at, '\\', strcspn(reader->at, "\n")))
		return fail(reader, "HELP with an escape");
	reader->at += strcspn(reader->at, "\n");
	return take_line_end(reader);
}

static bool take_own_name(struct reader *reader)
{
	char name[NAME_BYTES];

	if (!take_name(reader, name))
		return false;
	if (!reader->family_count || strcmp(name, reader->families[reader->family_count - 1]))
		return fail(reader, "metadata of another family");
	return take(reader, " ") || fail(reader, "metadata without a value");
}

static bool take_type(struct reader *reader)
{
	if (!take_own_name(reader))
		return false;
	if (reader->has_type)
		return fail(reader, "a second TYPE");
	reader->has_type = true;
	reader->is_counter = take(reader, "counter");
	if (!reader->is_counter && !take(reader, "gauge"))
		return fail(reader, "an unknown type");
	return take_line_end(reader);
}

static bool ends_with(const char *text, const char *end)
{
	size_t bytes = strlen(text), end_bytes = strlen(end);

	return bytes > end_bytes && !strcmp(text + bytes - end_bytes, end);
}

static bool take_unit(struct reader *reader)
{
	const char *family;

	if (!take_own_name(reader) || !take_name(reader, reader->unit))
		return false;
	family = reader->families[reader->family_count - 1];
	if (reader->classic || !ends_with(family, reader->unit) ||
	    family[strlen(family) - strlen(reader->unit) - 1] != '_')
		return fail(reader, "a unit that is not in the name");
	return take_line_end(reader);
}

/* A sample is named after its family, with a suffix of its type. */
static bool take_sample_name(struct reader *reader)
{
	const char *family, *suffix;
	char name[NAME_BYTES];

	if (!take_name(reader, name))
		return false;
	if (!reader->family_count || !reader->has_type)
		return fail(reader, "a sample without a type");
	family = reader->families[reader->family_count - 1];
	if (strncmp(name, family, strlen(family)))
		return fail(reader, "a sample of another family");
	suffix = name + strlen(family);
	if (reader->classic)
		return (!suffix[0] && ends_with(name, "_total") == reader->is_counter) ||
		       fail(reader, "a wrong suffix");
	if (reader->is_counter)
		return !strcmp(suffix, "_total") || !strcmp(suffix, "_created") ||
		       fail(reader, "a wrong suffix of a counter");
	return !suffix[0] || fail(reader, "a gauge with a suffix");
}

static bool take_quoted(struct reader *reader)
{
	if (!take(reader, "\""))
		return fail(reader, "a label without quotes");
	while (*reader->at && *reader->at != '"' && *reader->at != '\n') {
		if (*reader->at == '\\' && (!reader->at[1] || !strchr("\\\"n", reader->at[1])))
			return fail(reader, "an unknown escape");
		reader->at += *reader->at == '\\' ? 2 : 1;
	}
	return take(reader, "\"") || fail(reader, "an unterminated label");
}

static bool take_labels(struct reader *reader)
{
	char names[MAX_LABELS][NAME_BYTES];
	int count = 0;

	if (!take(reader, "{"))
		return true;
	do {
		if (count == MAX_LABELS)
			return fail(reader, "too many labels");
		if (!take_name(reader, names[count]))
			return false;
		for (int i = 0; i < count; i++)
			if (!strcmp(names[i], names[count]))
				return fail(reader, "a duplicate label");
		count++;
		if (!take(reader, "="))
			return fail(reader, "a label without a value");
		if (!take_quoted(reader))
			return false;
	} while (take(reader, ","));
	return take(reader, "}") || fail(reader, "unterminated labels");
}

static bool take_number(struct reader *reader)
{
	size_t digits = strspn(reader->at, "0123456789");

	reader->at += digits;
	if (digits && take(reader, ".")) {
		digits = strspn(reader->at, "0123456789");
		reader->at += digits;
	}
	return digits || fail(reader, "not a number");
}

static bool take_sample(struct reader *reader)
{
	const char *start = reader->at;
	size_t bytes;
	char *key;

	if (!take_sample_name(reader) || !take_labels(reader))
		return false;
	bytes = reader->at - start;
	key = strndup(start, bytes);
	if (!key || json_object_get(reader->series, key) ||
	    json_object_set_new(reader->series, key, json_true()))
		fail(reader, "a duplicate series, or not UTF-8");
	free(key);
	return !reader->complaint && (take(reader, " ") || fail(reader, "no value")) &&
	       take_number(reader) && take_line_end(reader);
}

static bool take_line(struct reader *reader)
{
	if (take(reader, "# HELP "))
		return take_help(reader);
	if (take(reader, "# TYPE "))
		return take_type(reader);
	if (take(reader, "# UNIT "))
		return take_unit(reader);
	return take_sample(reader);
}

const char *openmetrics__complaint(const char *text, bool classic, unsigned int *ret_samples)
{
	struct reader reader = {.at = text, .classic = classic, .series = json_object()};
	bool ended = false;

	while (!reader.complaint && *reader.at && !ended) {
		ended = !classic && take(&reader, "# EOF\n");
		if (!ended)
			take_line(&reader);
	}
	if (!reader.complaint && (ended == classic || *reader.at))
		fail(&reader, "# EOF is missing, misplaced or followed by text");
	*ret_samples = json_object_size(reader.series);
	json_decref(reader.series);
	return reader.complaint;
}
