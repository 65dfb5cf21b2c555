// SPDX-License-Identifier: GPL-2.0-only
// snapshot_text: a snapshot as tables for people.
#include "ctl/render/snapshot_text.h"

#include <stdio.h>
#include <string.h>

#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/render/policy_text.h"

static double percent(__u64 part, __u64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void snapshot_print_class(const struct snapshot *snapshot, enum frame_class class)
{
	const char *remark = frame_class_remarks[class];
	char number[NUMBER_BYTES];

	printf("  %-22s %16s %6.1f %%%s%s\n", frame_class_labels[class],
	       number__grouped(snapshot->classes[class], number),
	       percent(snapshot->classes[class], snapshot->packets), remark[0] ? "   " : "",
	       remark);
}

static void snapshot_print_total(const char *label, __u64 count, const char *remark)
{
	char number[NUMBER_BYTES];

	printf("  %-22s %16s%s%s\n", label, number__grouped(count, number),
	       remark[0] ? "            " : "", remark);
}

void print_verdicts(const struct snapshot *snapshot)
{
	char number[NUMBER_BYTES];
	const char *separator = "";

	snapshot_print_total("frames", snapshot->packets, "");
	snapshot_print_total("bytes", snapshot->bytes, "");
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

/* A plus marks a lower bound. */
static void snapshot_print_columns(const struct columns *columns, const struct endpoint *endpoint)
{
	char number[NUMBER_BYTES];

	for (size_t i = 0; i < columns->count; i++) {
		struct tally_row row = columns__row(&columns->columns[i], endpoint).total;

		number__grouped(row.at_least, number);
		printf(" %13s", strcat(number, row.at_most == row.at_least ? "" : "+"));
	}
}

static void snapshot_print_row(const struct tally_row *row, const char *label, __u64 total,
			       const struct columns *columns)
{
	char least[NUMBER_BYTES], most[NUMBER_BYTES];

	printf("  %-47s %16s %6.1f %%", label, number__grouped(row->at_least, least),
	       percent(row->at_least, total));
	snapshot_print_columns(columns, &row->endpoint);
	if (row->at_most != row->at_least)
		printf("   at most %s", number__grouped(row->at_most, most));
	printf("\n");
}

/* The lists, by table; no heading: none. */
static const struct list_text {
	const char *heading;
	const char *count;    /* of the heading's second column */
	const char *unlisted; /* what is said of endpoints without a row */
} list_texts[TABLE_COUNT] = {
	[TABLE_SOURCES] = {"source", "SYNs", "any unlisted source sent at most"},
	[TABLE_VICTIMS] = {"victim", "SYNs", "any unlisted victim was sent at most"},
	[TABLE_DROPPED] = {"dropped source", "frames", "dropped of any unlisted source: at most"},
};

static void snapshot_print_table(const struct snapshot *snapshot, enum table which,
				 const struct source_view *view, size_t top)
{
	const struct tally *tally = &snapshot->tallies[which];
	const struct list_text *text = &list_texts[which];
	size_t shown = tally->count < top ? tally->count : top;
	char number[NUMBER_BYTES], label[ENDPOINT_LABEL_BYTES];
	struct columns columns = {};

	if (!tally->count || columns__open(snapshot, NULL, which, &columns))
		return;
	printf("\n  %-47s %16s %8s", text->heading, text->count, "share");
	for (size_t i = 0; i < columns.count; i++)
		printf(" %13s", table_kinds[columns.columns[i].table].label);
	printf("\n");
	for (size_t i = 0; i < shown; i++)
		snapshot_print_row(&tally->rows[i],
				   endpoint__label(&tally->rows[i].endpoint, which, view, label),
				   tally->total, &columns);
	columns__close(&columns);
	if (shown < tally->count)
		printf("  and %s more (-n shows more)\n",
		       number__grouped(tally->count - shown, number));
	if (tally->unlisted_at_most)
		printf("  %s %s\n", text->unlisted,
		       number__grouped(tally->unlisted_at_most, number));
}

static void snapshot_print_completed(const struct snapshot *snapshot)
{
	const struct tally *completed = &snapshot->tallies[TABLE_COMPLETED];
	char remark[NUMBER_BYTES + 32] = "connections that this host accepted";
	char number[NUMBER_BYTES];

	if (!completed->counted)
		return;
	if (snapshot->completed_missed)
		snprintf(remark, sizeof(remark), "up to %s more",
			 number__grouped(snapshot->completed_missed, number));
	snapshot_print_total("completed", completed->total, remark);
}

void print_snapshot(const struct snapshot *snapshot, const struct source_view *view, size_t top,
		    bool verbose)
{
	print_verdicts(snapshot);
	if (snapshot->unaccounted)
		snapshot_print_total("unaccounted frames", snapshot->unaccounted,
				     "passed on CPUs without counters: 'xdpctl attach --reset' "
				     "adds them");
	printf("\n");
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot->classes[i] || verbose)
			snapshot_print_class(snapshot, i);
	printf("\n");
	snapshot_print_total("SYNs", snapshot->syns, "");
	if (snapshot->distinct_known)
		snapshot_print_total("distinct sources", snapshot->distinct_sources,
				     snapshot->distinct_is_exact ? "" : "estimated");
	snapshot_print_total("unattributed SYNs", snapshot->unattributed,
			     snapshot->exact ? "" : "more sources than entries: see the bounds");
	snapshot_print_completed(snapshot);
	snapshot_print_table(snapshot, TABLE_SOURCES, view, top);
	snapshot_print_table(snapshot, TABLE_VICTIMS, view, top);
	print_policy(&snapshot->policy, top, verbose);
	snapshot_print_table(snapshot, TABLE_DROPPED, view, top);
	if (snapshot->unsupported)
		printf("\n");
	print_unsupported(snapshot->unsupported);
}
