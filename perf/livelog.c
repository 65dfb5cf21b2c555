// SPDX-License-Identifier: GPL-2.0-only
// livelog: the results of the live rows, one line per run, summarized over the rounds.
#include "perf/livelog.h"

#include <string.h>

#include "perf/json_lines.h"
#include "perf/lookup.h"
#include "perf/median.h"

/* The rounds of one row with one number of sources. */
struct figures {
	size_t count;
	double sent_pps[SAMPLES_MAX];
	double counted_pps[SAMPLES_MAX];
	double loss[SAMPLES_MAX];        /* share of the sent frames that was not counted */
	double undelivered[SAMPLES_MAX]; /* share of the sent frames that did not arrive */
};

static bool livelog_is_same(const json_t *a, const json_t *b)
{
	return !strcmp(lookup__text(a, "row"), lookup__text(b, "row")) &&
	       lookup__number(a, "sources") == lookup__number(b, "sources");
}

/* After the entries of the same row with other numbers of sources. */
static size_t livelog_index(const json_t *rows, const json_t *line)
{
	size_t index = json_array_size(rows);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (!strcmp(lookup__text(row, "row"), lookup__text(line, "row")))
			index = i + 1;
	return index;
}

/* The kernel may add a few frames of its own: no loss, rather than a negative one. */
static double share_lost(double sent, double arrived)
{
	return sent > 0 && arrived < sent ? (sent - arrived) / sent : 0;
}

static void livelog_collect(const json_t *lines, const json_t *like, struct figures *figures)
{
	const json_t *line;
	size_t i;

	figures->count = 0;
	json_array_foreach (lines, i, line) {
		double sent = lookup__number(line, "sent"),
		       counted = lookup__number(line, "counted");
		double seconds = lookup__number(line, "seconds");

		if (!livelog_is_same(line, like) || seconds <= 0 || figures->count == SAMPLES_MAX)
			continue;
		figures->sent_pps[figures->count] = sent / seconds;
		figures->counted_pps[figures->count] = counted / seconds;
		figures->loss[figures->count] = share_lost(sent, counted);
		figures->undelivered[figures->count++] =
			share_lost(sent, lookup__number(line, "delivered"));
	}
}

static json_t *livelog_summarize(const json_t *lines, const json_t *first)
{
	struct figures figures;
	json_t *row = json_pack("{s:s, s:s, s:I}", "row", lookup__text(first, "row"), "label",
				lookup__text(first, "label"), "sources",
				(json_int_t)lookup__number(first, "sources"));

	if (json_object_get(first, "skipped")) {
		json_object_set_new(row, "skipped", json_string(lookup__text(first, "skipped")));
		return row;
	}
	livelog_collect(lines, first, &figures);
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

int livelog__read(const char *path, json_t **ret, struct errmsg *why)
{
	json_t *lines, *rows;
	const json_t *line;
	size_t i;
	int err = json_lines__read(path, &lines, why);

	if (err)
		return err;
	rows = json_array();
	json_array_foreach (lines, i, line)
		if (!lookup__like(rows, line, livelog_is_same))
			json_array_insert_new(rows, livelog_index(rows, line),
					      livelog_summarize(lines, line));
	json_decref(lines);
	*ret = rows;
	return 0;
}
