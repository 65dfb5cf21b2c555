// SPDX-License-Identifier: GPL-2.0-only
// snapshot_text: snapshots as tables for people.
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "common/abi/abi.h"
#include "common/address/endpoint.h"
#include "common/base/utf8.h"
#include "ctl/render/columns.h"
#include "ctl/render/interval_text.h"
#include "ctl/render/render.h"

static double percent(__u64 part, __u64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void print_row(const char *label, __u64 count, __u64 whole, const char *remark)
{
	char number[NUMBER_BYTES];

	printf("  %-22s %16s %6.1f %%%s%s\n", label, number__grouped(count, number),
	       percent(count, whole), remark[0] ? "   " : "", remark);
}

static void print_total(const char *label, __u64 count, const char *remark)
{
	char number[NUMBER_BYTES];

	printf("  %-22s %16s%s%s\n", label, number__grouped(count, number),
	       remark[0] ? "            " : "", remark);
}

static void print_verdict_row(const struct snapshot *snapshot)
{
	char number[NUMBER_BYTES];
	const char *separator = "";

	printf("  %-22s ", "verdicts");
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (!snapshot->verdicts[i])
			continue;
		printf("%s%s %s", separator, verdict_names[i],
		       number__grouped(snapshot->verdicts[i], number));
		separator = ", ";
	}
	printf("%s\n", separator[0] ? "" : "none");
}

/* A number that may be too small has a plus. */
static void print_columns(const struct columns *columns, const struct endpoint *endpoint)
{
	char number[NUMBER_BYTES];

	for (size_t i = 0; i < columns->count; i++) {
		struct tally_row row = columns__row(&columns->columns[i], endpoint).total;

		number__grouped(row.at_least, number);
		printf(" %13s", strcat(number, row.at_most == row.at_least ? "" : "+"));
	}
}

static void print_endpoint(const struct tally_row *row, bool with_port, __u64 syns,
			   const struct columns *columns)
{
	char text[ENDPOINT_TEXT_BYTES], least[NUMBER_BYTES], most[NUMBER_BYTES];
	char name[ENDPOINT_TEXT_BYTES + 10];

	snprintf(name, sizeof(name), "%s", endpoint__text(&row->endpoint, text));
	if (with_port)
		snprintf(name, sizeof(name),
			 row->endpoint.family == ENDPOINT_IPV6 ? "[%s]:%u" : "%s:%u", text,
			 ntohs(row->endpoint.port));
	printf("  %-47s %16s %6.1f %%", name, number__grouped(row->at_least, least),
	       percent(row->at_least, syns));
	print_columns(columns, &row->endpoint);
	if (row->at_most != row->at_least)
		printf("   at most %s", number__grouped(row->at_most, most));
	printf("\n");
}

static void print_tally(const struct snapshot *snapshot, enum table which, size_t top)
{
	const struct tally *tally = &snapshot->tallies[which];
	bool is_victims = which == TABLE_VICTIMS;
	size_t shown = tally->count < top ? tally->count : top;
	char number[NUMBER_BYTES];
	struct columns columns = {};

	if (!tally->count || columns__open(snapshot, NULL, which, &columns))
		return;
	printf("\n  %-47s %16s %8s", is_victims ? "victim" : "source", "SYNs", "share");
	for (size_t i = 0; i < columns.count; i++)
		printf(" %13s", table_kinds[columns.columns[i].table].label);
	printf("\n");
	for (size_t i = 0; i < shown; i++)
		print_endpoint(&tally->rows[i], is_victims, snapshot->syns, &columns);
	columns__close(&columns);
	if (shown < tally->count)
		printf("  and %s more (-n shows more)\n",
		       number__grouped(tally->count - shown, number));
	if (tally->unlisted_at_most)
		printf("  who is not listed at all has sent %s at most\n",
		       number__grouped(tally->unlisted_at_most, number));
}

void print_unsupported(const char *const *unsupported)
{
	if (unsupported)
		printf("  not offered in this mode:\n");
	for (int i = 0; unsupported && i < FEATURE_COUNT; i++)
		if (unsupported[i])
			printf("    %s\n", unsupported[i]);
}

void print_verdicts(const struct snapshot *snapshot)
{
	print_total("frames", snapshot->packets, "");
	print_total("bytes", snapshot->bytes, "");
	print_verdict_row(snapshot);
}

static void print_completed(const struct snapshot *snapshot)
{
	const struct tally *completed = &snapshot->tallies[TABLE_COMPLETED];
	char remark[NUMBER_BYTES + 32] = "connections that this host accepted";
	char number[NUMBER_BYTES];

	if (!completed->counted)
		return;
	if (snapshot->completed_missed)
		snprintf(remark, sizeof(remark), "%s more at most",
			 number__grouped(snapshot->completed_missed, number));
	print_total("completed", completed->total, remark);
}

void print_snapshot(const struct snapshot *snapshot, size_t top, bool verbose)
{
	print_verdicts(snapshot);
	printf("\n");
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot->classes[i] || verbose)
			print_row(frame_class_labels[i], snapshot->classes[i], snapshot->packets,
				  frame_class_remarks[i]);
	printf("\n");
	print_total("SYNs", snapshot->syns, "");
	if (snapshot->distinct_known)
		print_total("distinct sources", snapshot->distinct_sources,
			    snapshot->distinct_is_exact ? "" : "estimated");
	print_total("unattributed SYNs", snapshot->unattributed,
		    snapshot->exact ? "" : "more sources than there is room for: see the bounds");
	print_completed(snapshot);
	print_tally(snapshot, TABLE_SOURCES, top);
	print_tally(snapshot, TABLE_VICTIMS, top);
	if (snapshot->unsupported)
		printf("\n");
	print_unsupported(snapshot->unsupported);
}

void print_differences(const struct expect_difference *differences, size_t count)
{
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < count; i++) {
		const struct expect_difference *row = &differences[i];

		printf("%s: expected %llu, counted %llu", endpoint__text(&row->source, text),
		       row->expected, row->at_least);
		if (row->at_most != row->at_least)
			printf(" to %llu", row->at_most);
		printf("\n");
	}
}
