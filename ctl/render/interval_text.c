// SPDX-License-Identifier: GPL-2.0-only
// interval_text: the intervals of watched interfaces as tables for people.
#include "ctl/render/interval_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/utf8.h"
#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/render/overview_text.h"
#include "ctl/render/policy_text.h"

static void interval_print_count(const struct interval *interval, const char *label, __u64 count,
				 __u64 total)
{
	char rate[NUMBER_BYTES], number[NUMBER_BYTES], sum[NUMBER_BYTES];

	printf("  %-39s %14s %14s %17s", label,
	       number__grouped(interval__per_second(interval, count) + 0.5, rate),
	       number__grouped(count, number), number__grouped(total, sum));
}

static void interval_print_line(const struct interval *interval, const char *label, __u64 count,
				__u64 total)
{
	interval_print_count(interval, label, count, total);
	printf("\n");
}

static void interval_print_columns(const struct columns *columns, const struct endpoint *endpoint)
{
	char number[NUMBER_BYTES];

	for (size_t i = 0; i < columns->count; i++) {
		struct interval_row row = columns__row(&columns->columns[i], endpoint);

		printf(" %13s", number__grouped(row.delta, number));
	}
}

static void interval_print_headings(enum table which, const struct columns *columns)
{
	bool of_syns = which != TABLE_DROPPED;

	printf("  %-39s %14s %14s %17s",
	       which == TABLE_SOURCES   ? "source"
	       : which == TABLE_VICTIMS ? "victim"
					: "dropped source",
	       of_syns ? "SYN/s" : "frames/s", of_syns ? "SYNs" : "frames", "total");
	for (size_t i = 0; i < columns->count; i++)
		printf(" %13s", table_kinds[columns->columns[i].table].label);
	printf("\n");
}

static void interval_print_rows(const struct watch *watch, struct watched *watched,
				enum table which, size_t top)
{
	struct columns columns = {};
	struct interval_table *table = &watched->interval.tables[which];
	size_t shown = columns__limit(table, which, &watch->view, top);
	char text[ENDPOINT_LABEL_BYTES], number[NUMBER_BYTES];

	if (!shown || columns__open(&watched->snapshot, &watched->interval, which, &columns))
		return;
	interval_print_headings(which, &columns);
	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &table->rows[i];

		endpoint__label(&row->total.endpoint, which, &watch->view, text);
		interval_print_count(&watched->interval, text, row->delta, row->total.at_least);
		interval_print_columns(&columns, &row->total.endpoint);
		printf("\n");
		if (row->total.at_most != row->total.at_least)
			printf("  %69s %17s\n", "at most",
			       number__grouped(row->total.at_most, number));
	}
	columns__close(&columns);
	if (shown == top && shown < table->count)
		printf("  and %s more (-n shows more)\n",
		       number__grouped(table->count - shown, number));
}

static const char *clock_text(char buf[16])
{
	time_t seconds = time(NULL);
	struct tm local;

	if (!localtime_r(&seconds, &local) || !strftime(buf, 16, "%T", &local))
		strcpy(buf, "?");
	return buf;
}

static void watched_print_heading(const struct watched *watched, bool verbose)
{
	bool shows_reason = watched->state == WATCHED_FAILED || (verbose && watched->err);
	char now[16];

	printf("%s %s: %s, %.3f s%s%s%s\n", clock_text(now), UTF8_PRINTABLE(watched->interface),
	       watched__mode(watched) ?: watched_state_names[watched->state],
	       watched->interval.interval_ns / 1e9,
	       watched->interval.restarted ? ", counts restarted" : "", shows_reason ? ": " : "",
	       shows_reason ? UTF8_PRINTABLE(watched->why.text) : "");
}

static void print_watched(const struct watch *watch, struct watched *watched, size_t top,
			  bool verbose)
{
	const struct snapshot *total = &watched->snapshot;
	const struct interval *interval = &watched->interval;
	char number[NUMBER_BYTES];

	watched_print_heading(watched, verbose);
	if (!watched->dataplane && !interval->packets)
		return;
	printf("  %-39s %14s %14s %17s\n", "", "per second", "interval", "total");
	interval_print_line(interval, "frames", interval->packets, total->packets);
	interval_print_line(interval, "bytes", interval->bytes, total->bytes);
	for (int i = 0; i < CLASS_COUNT; i++)
		if (interval->classes[i] || verbose)
			interval_print_line(interval, frame_class_labels[i], interval->classes[i],
					    total->classes[i]);
	if (total->tallies[TABLE_COMPLETED].counted)
		interval_print_line(interval, "completed connections",
				    interval->tables[TABLE_COMPLETED].total,
				    total->tallies[TABLE_COMPLETED].total);
	if (interval->unattributed > 0)
		interval_print_line(interval, "unattributed SYNs", interval->unattributed,
				    total->unattributed);
	if (total->distinct_known)
		printf("  %-39s %47s\n",
		       total->distinct_is_exact ? "sources" : "sources, estimated",
		       number__grouped(total->distinct_sources, number));
	if (watch->windows && total->window_is_known &&
	    !snapshot__is_unsupported(total, FEATURE_WINDOWS))
		printf("  %-39s %47s\n", "sources in this interval, estimated",
		       number__grouped(total->distinct_in_window, number));
	interval_print_rows(watch, watched, TABLE_SOURCES, top);
	interval_print_rows(watch, watched, TABLE_VICTIMS, top);
	print_policy_interval(&total->policy, interval, verbose);
	interval_print_rows(watch, watched, TABLE_DROPPED, top);
	print_unsupported(total->unsupported);
}

static int interval_print_overview(const struct watch *watch, bool reasons)
{
	struct overview overview;
	char now[16];
	int err;

	err = overview__build(watch, NULL, watch->view.order, &overview);
	if (err)
		return err;
	printf("%s ", clock_text(now));
	print_overview(&overview, &watch->view);
	for (size_t i = 0; reasons && i < overview.count; i++)
		if (overview.rows[i].state == WATCHED_FAILED)
			printf("  %s\n", UTF8_PRINTABLE(overview.rows[i].reason));
	printf("\n");
	overview__free(&overview);
	return 0;
}

int print_interval(const struct watch *watch, size_t top, bool verbose, struct errmsg *why)
{
	bool in_full = verbose || watch->names[0] || watch->count == 1;

	if (!watch->count)
		printf(NOTHING_ATTACHED "\n\n");
	if (watch->count > 1 && interval_print_overview(watch, !in_full))
		return errmsg__set(why, -ENOMEM, "printing the overview: out of memory");
	for (size_t i = 0; in_full && i < watch->count; i++) {
		print_watched(watch, &watch->list[i], top, verbose);
		printf("\n");
	}
	return 0;
}
