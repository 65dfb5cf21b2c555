// SPDX-License-Identifier: GPL-2.0-only
// livelog: what the live rows wrote, a line a run, summed up over the rounds.
#include "perf/livelog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perf/lookup.h"
#include "perf/median.h"

/* The rounds of one row with one number of sources. */
struct figures {
	size_t count;
	double sent_pps[STATS_MAX];
	double counted_pps[STATS_MAX];
	double loss[STATS_MAX];        /* of what was sent, the share that was not counted */
	double undelivered[STATS_MAX]; /* and the share that did not even arrive */
};

static bool is_same(const json_t *a, const json_t *b)
{
	return !strcmp(lookup__text(a, "row"), lookup__text(b, "row")) &&
	       lookup__number(a, "sources") == lookup__number(b, "sources");
}

static bool is_known(const json_t *rows, const json_t *line)
{
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (is_same(row, line))
			return true;
	return false;
}

/* Behind the other numbers of sources of its row. */
static size_t place_of(const json_t *rows, const json_t *line)
{
	size_t place = json_array_size(rows);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (!strcmp(lookup__text(row, "row"), lookup__text(line, "row")))
			place = i + 1;
	return place;
}

/* More counted than sent, by a stray frame or two of the kernel's own, is no negative loss. */
static double share_lost(double sent, double arrived)
{
	return sent > 0 && arrived < sent ? (sent - arrived) / sent : 0;
}

static void add_up(const json_t *lines, const json_t *like, struct figures *figures)
{
	const json_t *line;
	size_t i;

	figures->count = 0;
	json_array_foreach (lines, i, line) {
		double sent = lookup__number(line, "sent"),
		       counted = lookup__number(line, "counted");
		double seconds = lookup__number(line, "seconds");

		if (!is_same(line, like) || seconds <= 0 || figures->count == STATS_MAX)
			continue;
		figures->sent_pps[figures->count] = sent / seconds;
		figures->counted_pps[figures->count] = counted / seconds;
		figures->loss[figures->count] = share_lost(sent, counted);
		figures->undelivered[figures->count++] =
			share_lost(sent, lookup__number(line, "delivered"));
	}
}

static json_t *sum_up(const json_t *lines, const json_t *first)
{
	static struct figures figures;
	json_t *row = json_pack("{s:s, s:s, s:I}", "row", lookup__text(first, "row"), "label",
				lookup__text(first, "label"), "sources",
				(json_int_t)lookup__number(first, "sources"));

	if (json_object_get(first, "skipped")) {
		json_object_set_new(row, "skipped", json_string(lookup__text(first, "skipped")));
		return row;
	}
	add_up(lines, first, &figures);
	if (!figures.count) {
		json_object_set_new(row, "skipped", json_string("nothing was sent"));
		return row;
	}
	json_object_set_new(row, "sent_per_second",
			    spread__to_json(figures.sent_pps, figures.count));
	json_object_set_new(row, "counted_per_second",
			    spread__to_json(figures.counted_pps, figures.count));
	json_object_set_new(row, "loss", spread__to_json(figures.loss, figures.count));
	json_object_set_new(row, "undelivered",
			    spread__to_json(figures.undelivered, figures.count));
	return row;
}

static int read_lines(FILE *file, const char *path, json_t *lines, struct errmsg *why)
{
	json_error_t error;
	char *line = NULL;
	size_t room = 0;
	json_t *object;
	int err = 0;

	while (!err && getline(&line, &room, file) > 0) {
		object = json_loads(line, 0, &error);
		if (!object)
			err = errmsg__set(why, -EINVAL, "%s: %s", path, error.text);
		else
			json_array_append_new(lines, object);
	}
	free(line);
	return err;
}

int livelog__read(const char *path, json_t **ret, struct errmsg *why)
{
	json_t *lines = json_array(), *rows = json_array();
	FILE *file = fopen(path, "re");
	const json_t *line;
	int err = 0;
	size_t i;

	if (file) {
		err = read_lines(file, path, lines, why);
		fclose(file);
	}
	json_array_foreach (lines, i, line)
		if (!is_known(rows, line))
			json_array_insert_new(rows, place_of(rows, line), sum_up(lines, line));
	json_decref(lines);
	if (err)
		json_decref(rows);
	else
		*ret = rows;
	return err;
}
