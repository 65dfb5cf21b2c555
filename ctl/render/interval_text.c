// SPDX-License-Identifier: GPL-2.0-only
// interval_text: intervals of watched interfaces, as a table for people or as JSON.
#include "ctl/render/interval_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/render/columns.h"
#include "ctl/render/render.h"

const char *number__grouped(__u64 value, char buf[NUMBER_BYTES])
{
	char digits[NUMBER_BYTES];
	int length = snprintf(digits, sizeof(digits), "%llu", value);
	char *out = buf;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buf;
}

const char *endpoint__label(const struct endpoint *endpoint, char *buf)
{
	char text[ENDPOINT_TEXT_BYTES];

	snprintf(buf, ENDPOINT_LABEL_BYTES, endpoint->family == ENDPOINT_IPV6 ? "[%s]:%u" : "%s:%u",
		 endpoint__text(endpoint, text), ntohs(endpoint->port));
	return buf;
}

size_t interval__shown(struct interval_table *table, const struct source_view *view, size_t top)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count && kept < top; i++) {
		struct interval_row row = table->rows[i];

		if (row.total.at_least < view->min)
			continue;
		table->rows[i] = table->rows[kept];
		table->rows[kept++] = row;
	}
	return kept;
}

static void print_count(const struct interval *interval, const char *label, __u64 count,
			__u64 total)
{
	char rate[NUMBER_BYTES], number[NUMBER_BYTES], sum[NUMBER_BYTES];

	printf("  %-39s %14s %14s %17s", label,
	       number__grouped(interval__per_second(interval, count) + 0.5, rate),
	       number__grouped(count, number), number__grouped(total, sum));
}

static void print_counts(const struct interval *interval, const char *label, __u64 count,
			 __u64 total)
{
	print_count(interval, label, count, total);
	printf("\n");
}

static void print_columns(const struct columns *columns, const struct endpoint *endpoint)
{
	char number[NUMBER_BYTES];

	for (size_t i = 0; i < columns->count; i++) {
		struct interval_row row = columns__row(&columns->columns[i], endpoint);

		printf(" %13s", number__grouped(row.delta, number));
	}
}

static void print_heads(const char *heading, const struct columns *columns)
{
	printf("  %-39s %14s %14s %17s", heading, "SYN/s", "SYNs", "in all");
	for (size_t i = 0; i < columns->count; i++)
		printf(" %13s", table_kinds[columns->columns[i].table].label);
	printf("\n");
}

static void print_rows(const struct watch *watch, struct watched *watched, enum table which,
		       size_t top)
{
	static const char *const headings[] = {"source", "victim"};
	static const struct source_view everything;
	struct columns columns = {};
	const struct source_view *view = which == TABLE_SOURCES ? &watch->view : &everything;
	struct interval_table *table = &watched->interval.tables[which];
	size_t shown = interval__shown(table, view, top);
	char text[ENDPOINT_LABEL_BYTES], number[NUMBER_BYTES];

	if (!shown || columns__open(&watched->snapshot, &watched->interval, which, &columns))
		return;
	print_heads(headings[which], &columns);
	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &table->rows[i];

		if (which == TABLE_SOURCES)
			source_view__text(view, &row->total.endpoint, text);
		else
			endpoint__label(&row->total.endpoint, text);
		print_count(&watched->interval, text, row->delta, row->total.at_least);
		print_columns(&columns, &row->total.endpoint);
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

static void print_heading(const struct watched *watched, bool verbose)
{
	char now[16] = "?";
	time_t seconds = time(NULL);
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(now, sizeof(now), "%T", &local);
	printf("%s %s: %s, %.3f s%s%s%s\n", now, UTF8_PRINTABLE(watched->interface),
	       watched__mode(watched) ?: watched_state_names[watched->state],
	       watched->interval.interval_ns / 1e9,
	       watched->interval.restarted ? ", counting from zero since" : "",
	       verbose && watched->err ? ": " : "",
	       verbose && watched->err ? UTF8_PRINTABLE(watched->why.text) : "");
}

static void print_watched(const struct watch *watch, struct watched *watched, size_t top,
			  bool verbose)
{
	const struct snapshot *total = &watched->snapshot;
	const struct interval *interval = &watched->interval;
	char number[NUMBER_BYTES];

	print_heading(watched, verbose);
	if (!watched->dataplane && !interval->packets)
		return;
	printf("  %-39s %14s %14s %17s\n", "", "a second", "interval", "in all");
	print_counts(interval, "frames", interval->packets, total->packets);
	print_counts(interval, "bytes", interval->bytes, total->bytes);
	for (int i = 0; i < CLASS_COUNT; i++)
		if (interval->classes[i] || verbose)
			print_counts(interval, frame_class_labels[i], interval->classes[i],
				     total->classes[i]);
	if (total->tallies[TABLE_COMPLETED].counted)
		print_counts(interval, "completed connections",
			     interval->tables[TABLE_COMPLETED].total,
			     total->tallies[TABLE_COMPLETED].total);
	if (interval->unattributed > 0)
		print_counts(interval, "unattributed SYNs", interval->unattributed,
			     total->unattributed);
	if (total->distinct_known)
		printf("  %-39s %47s\n",
		       total->distinct_is_exact ? "sources" : "sources, estimated",
		       number__grouped(total->distinct_sources, number));
	if (watch->windows && !snapshot__is_unsupported(total, FEATURE_WINDOWS))
		printf("  %-39s %47s\n", "sources of the interval, estimated",
		       number__grouped(total->distinct_in_window, number));
	print_rows(watch, watched, TABLE_SOURCES, top);
	print_rows(watch, watched, TABLE_VICTIMS, top);
	print_unsupported(total->unsupported);
}

void print_interval(const struct watch *watch, size_t top, bool verbose)
{
	for (size_t i = 0; i < watch->count; i++) {
		print_watched(watch, &watch->list[i], top, verbose);
		printf("\n");
	}
	if (!watch->count)
		printf("nothing is attached in this network namespace\n\n");
}

static json_t *counts(const char *const *names, const __u64 *values, int count)
{
	json_t *object = json_object();

	for (int i = 0; i < count; i++)
		json_object_set_new(object, names[i], json_integer(values[i]));
	return object;
}

static void add_columns(json_t *object, const struct columns *columns,
			const struct interval *interval, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct extra_column *column = &columns->columns[i];
		struct interval_row row = columns__row(column, endpoint);

		json_object_set_new(object, table_kinds[column->table].name,
				    json_pack("{s:f, s:I, s:I, s:I}", "per_second",
					      interval__per_second(interval, row.delta),
					      "in_interval", (json_int_t)row.delta, "at_least",
					      (json_int_t)row.total.at_least, "at_most",
					      (json_int_t)row.total.at_most));
	}
}

static json_t *row_to_json(const struct watch *watch, const struct interval *interval,
			   const struct interval_row *row, enum table which)
{
	const struct endpoint *endpoint = &row->total.endpoint;
	char text[SOURCE_VIEW_TEXT_BYTES];
	json_t *object;

	if (which == TABLE_SOURCES)
		object = json_pack("{s:s}", "address",
				   source_view__text(&watch->view, endpoint, text));
	else
		object = json_pack("{s:s, s:i}", "address", endpoint__text(endpoint, text), "port",
				   ntohs(endpoint->port));
	json_object_update_new(
		object,
		json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:b}", "syns_pps",
			  interval__per_second(interval, row->delta), "syns",
			  (json_int_t)row->delta, "syns_at_least", (json_int_t)row->delta_at_least,
			  "syns_at_most", (json_int_t)row->delta_at_most, "at_least",
			  (json_int_t)row->total.at_least, "at_most",
			  (json_int_t)row->total.at_most, "proven",
			  interval__is_proven(&interval->tables[which], row, watch->view.order)));
	return object;
}

static json_t *rows_to_json(const struct watch *watch, struct watched *watched, enum table which,
			    size_t top)
{
	static const struct source_view everything;
	struct interval_table *table = &watched->interval.tables[which];
	size_t shown =
		interval__shown(table, which == TABLE_SOURCES ? &watch->view : &everything, top);
	json_t *list = json_array();
	struct columns columns = {};

	if (columns__open(&watched->snapshot, &watched->interval, which, &columns))
		return NULL;
	for (size_t i = 0; i < shown; i++) {
		json_t *row = row_to_json(watch, &watched->interval, &table->rows[i], which);

		add_columns(row, &columns, &watched->interval, &table->rows[i].total.endpoint);
		json_array_append_new(list, row);
	}
	columns__close(&columns);
	return list;
}

static json_t *interval_counts(const struct watched *watched)
{
	const struct interval *interval = &watched->interval;
	json_t *object;

	object = json_pack("{s:I, s:I, s:o, s:o, s:I, s:I, s:f, s:f, s:f}", "packets",
			   (json_int_t)interval->packets, "bytes", (json_int_t)interval->bytes,
			   "verdicts", counts(verdict_names, interval->verdicts, VERDICT_COUNT),
			   "classes", counts(frame_class_names, interval->classes, CLASS_COUNT),
			   "syns", (json_int_t)interval->syns, "unattributed",
			   (json_int_t)interval->unattributed, "packets_pps",
			   interval__per_second(interval, interval->packets), "bits_per_second",
			   8 * interval__per_second(interval, interval->bytes), "syns_pps",
			   interval__per_second(interval, interval->syns));
	if (watched->snapshot.tallies[TABLE_COMPLETED].counted)
		json_object_set_new(object, "completed",
				    json_integer(interval->tables[TABLE_COMPLETED].total));
	return object;
}

static json_t *watched_to_json(const struct watch *watch, struct watched *watched, size_t top)
{
	json_t *object, *totals;

	object = json_pack(
		"{s:o, s:s?, s:s, s:b, s:I, s:o}", "interface", utf8__json(watched->interface),
		"mode", watched__mode(watched), "state", watched_state_names[watched->state],
		"restarted", watched->interval.restarted, "interval_ns",
		(json_int_t)watched->interval.interval_ns, "interval", interval_counts(watched));
	totals = snapshot_to_json(&watched->snapshot, 0);
	if (watch->windows)
		json_object_set_new(object, "distinct_in_interval",
				    snapshot__is_unsupported(&watched->snapshot, FEATURE_WINDOWS)
					    ? json_null()
					    : json_integer(watched->snapshot.distinct_in_window));
	/* The lists stand beside, with totals and rates in each row. */
	json_object_del(totals, "sources");
	json_object_del(totals, "victims");
	json_object_set_new(object, "totals", totals);
	json_object_set_new(object, "sources", rows_to_json(watch, watched, TABLE_SOURCES, top));
	json_object_set_new(object, "victims",
			    snapshot__is_unsupported(&watched->snapshot, FEATURE_VICTIMS)
				    ? json_null()
				    : rows_to_json(watch, watched, TABLE_VICTIMS, top));
	return object;
}

/* Since 1970, of the reading and not of the printing. */
static __u64 read_time_ns(const struct watch *watch)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec - (clock__now_ns() - watch->read_at_ns);
}

json_t *interval_to_json(const struct watch *watch, size_t top, __u64 number)
{
	json_t *interfaces = json_array();

	for (size_t i = 0; i < watch->count; i++)
		json_array_append_new(interfaces, watched_to_json(watch, &watch->list[i], top));
	return json_pack("{s:i, s:I, s:I, s:o}", "schema", JSON_SCHEMA, "number",
			 (json_int_t)number, "time_ns", (json_int_t)read_time_ns(watch),
			 "interfaces", interfaces);
}
