// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: watched interfaces as OpenMetrics 1.0 text, which Prometheus reads.
#include "ctl/render/openmetrics.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/address/endpoint_index.h"
#include "common/base/utf8.h"

struct page;

enum bound { AT_LEAST, AT_MOST };

/* One metric family: its head, and what prints its samples of one interface. */
struct family {
	const char *name;
	const char *type;
	const char *unit; /* or NULL */
	const char *help;
	void (*print)(const struct page *page);
	bool always;      /* also where nothing can be read */
	enum table table; /* of print_rows */
	enum bound bound;
};

/* Where printing is: at this family, for this interface. */
struct page {
	FILE *out;
	const struct watch *watch;
	enum openmetrics_dialect dialect;
	size_t top;
	const struct family *family;
	const struct watched *watched;
};

static void print_label_value(FILE *out, const char *text)
{
	char *valid = utf8__escape(text);

	for (const char *at = valid ?: ""; *at; at++) {
		if (*at == '\\' || *at == '"')
			fputc('\\', out);
		if (*at == '\n')
			fputs("\\n", out);
		else
			fputc(*at, out);
	}
	free(valid);
}

/* `name{interface="eth0"`, for more labels and the closing brace to follow. */
static void open_sample(const struct page *page, const char *suffix)
{
	fprintf(page->out, "%s%s{interface=\"", page->family->name, suffix);
	print_label_value(page->out, page->watched->interface);
	fputc('"', page->out);
}

static void print_total(const struct page *page, __u64 value)
{
	open_sample(page, "_total");
	fprintf(page->out, "} %llu\n", value);
	if (page->dialect == OPENMETRICS_CLASSIC)
		return;
	open_sample(page, "_created");
	fprintf(page->out, "} %.3f\n", page->watched->attachment.record.attached_at_ns / 1e9);
}

static void print_gauge(const struct page *page, __u64 value)
{
	open_sample(page, "");
	fprintf(page->out, "} %llu\n", value);
}

static void print_list(const struct page *page, const char *suffix, const char *label,
		       const char *const *names, const __u64 *values, int count)
{
	for (int i = 0; i < count; i++) {
		open_sample(page, suffix);
		fprintf(page->out, ",%s=\"%s\"} %llu\n", label, names[i], values[i]);
	}
}

static void print_attached(const struct page *page)
{
	print_gauge(page, page->watched->state == WATCHED_COUNTING);
}

static void print_mode(const struct page *page)
{
	const char *mode = watched__mode(page->watched);

	if (!mode)
		return;
	open_sample(page, "");
	fprintf(page->out, ",mode=\"%s\"} 1\n", mode);
}

static void print_frames(const struct page *page)
{
	print_list(page, "_total", "class", frame_class_names, page->watched->snapshot.classes,
		   CLASS_COUNT);
}

static void print_verdicts(const struct page *page)
{
	print_list(page, "_total", "verdict", verdict_names, page->watched->snapshot.verdicts,
		   VERDICT_COUNT);
}

static void print_bytes(const struct page *page)
{
	print_total(page, page->watched->snapshot.bytes);
}

static void print_syns(const struct page *page)
{
	print_total(page, page->watched->snapshot.syns);
}

static void print_unattributed(const struct page *page)
{
	print_gauge(page, page->watched->snapshot.unattributed);
}

static void print_distinct(const struct page *page)
{
	if (page->watched->snapshot.distinct_known)
		print_gauge(page, page->watched->snapshot.distinct_sources);
}

static void print_exact(const struct page *page)
{
	print_gauge(page, page->watched->snapshot.exact);
}

static void print_unlisted(const struct page *page)
{
	const struct tally *tallies = page->watched->snapshot.tallies;

	for (int i = 0; i < TABLE_COUNT; i++) {
		if (!tallies[i].counted)
			continue;
		open_sample(page, "");
		fprintf(page->out, ",table=\"%s\"} %llu\n", table_kinds[i].table,
			tallies[i].unlisted_at_most);
	}
}

static void print_all_unsupported(const struct page *page)
{
	for (int i = 0; i < FEATURE_COUNT; i++) {
		if (!snapshot__is_unsupported(&page->watched->snapshot, i))
			continue;
		open_sample(page, "");
		fprintf(page->out, ",feature=\"%s\"} 1\n", feature_names[i]);
	}
}

static void print_capacity(const struct page *page)
{
	print_gauge(page, dataplane__max_sources(page->watched->dataplane));
}

static void print_memory(const struct page *page)
{
	print_gauge(page, dataplane__memory_bytes(page->watched->dataplane));
}

/* What the CPUs have counted by now: at least what the totals say, which were read before. */
static void print_cpus(const struct page *page, int first_class, int end_class)
{
	const struct cpu_counters *counters;
	__u32 cpus;

	counters = dataplane__cpu_counters(page->watched->dataplane, &cpus);
	for (__u32 cpu = 0; counters && cpu < cpus; cpu++) {
		__u64 count = 0;

		for (int i = first_class; i < end_class; i++)
			count += counters[cpu].classes[i];
		open_sample(page, "_total");
		fprintf(page->out, ",cpu=\"%u\"} %llu\n", cpu, count);
	}
}

static void print_cpu_frames(const struct page *page)
{
	print_cpus(page, 0, CLASS_COUNT);
}

static void print_cpu_syns(const struct page *page)
{
	print_cpus(page, CLASS_SYN, CLASS_SYN + 1);
}

static void print_endpoint(const struct page *page, const struct endpoint *endpoint)
{
	char text[SOURCE_VIEW_TEXT_BYTES];

	if (table_kinds[page->family->table].list == TABLE_SOURCES)
		fprintf(page->out, ",source=\"%s\"",
			source_view__text(&page->watch->view, endpoint, text));
	else
		fprintf(page->out, ",victim=\"%s\",port=\"%u\"", endpoint__text(endpoint, text),
			ntohs(endpoint->port));
}

/* The sources, or victims, with most SYNs: a bound of theirs in the family's table. */
static void print_rows(const struct page *page)
{
	const struct snapshot *snapshot = &page->watched->snapshot;
	const struct family *family = page->family;
	enum table which = table_kinds[family->table].list;
	const struct tally *list = &snapshot->tallies[which];
	const struct tally *tally = &snapshot->tallies[family->table];
	__u64 min = which == TABLE_SOURCES ? page->watch->view.min : 0;
	struct endpoint_index index;

	if (!tally->counted ||
	    endpoint_index__build(&index, tally->rows, sizeof(*tally->rows), tally->count))
		return;
	for (size_t i = 0; i < list->count && i < page->top && list->rows[i].at_least >= min; i++) {
		const struct endpoint *endpoint = &list->rows[i].endpoint;
		size_t number = endpoint_index__find(&index, endpoint, tally->count);
		struct tally_row row = {.at_most = tally->unlisted_at_most};

		if (number < tally->count)
			row = tally->rows[number];
		open_sample(page, "");
		print_endpoint(page, endpoint);
		fprintf(page->out, "} %llu\n",
			family->bound == AT_LEAST ? row.at_least : row.at_most);
	}
	endpoint_index__free(&index);
}

static void print_completed(const struct page *page)
{
	const struct tally *completed = &page->watched->snapshot.tallies[TABLE_COMPLETED];

	if (completed->counted)
		print_total(page, completed->total);
}

static const struct family families[] = {
	{"xdpctl_attached", "gauge", NULL, "Whether SYNs are counted on the interface.",
	 print_attached, true},
	{"xdpctl_attachment_info", "gauge", NULL, "How the program is attached.", print_mode},
	{"xdpctl_not_offered", "gauge", NULL, "What is not counted in this mode.",
	 print_all_unsupported},
	{"xdpctl_frames", "counter", NULL, "Frames seen, each in exactly one class.", print_frames},
	{"xdpctl_verdicts", "counter", NULL, "What the program decided, by frame.", print_verdicts},
	{"xdpctl_received_bytes", "counter", "bytes", "Bytes of all frames.", print_bytes},
	{"xdpctl_syns", "counter", NULL, "TCP connection requests.", print_syns},
	{"xdpctl_unattributed_syns", "gauge", NULL, "SYNs that are attributed to no listed source.",
	 print_unattributed},
	{"xdpctl_distinct_sources", "gauge", NULL,
	 "Distinct sources since counting began; estimated where they are many.", print_distinct},
	{"xdpctl_exact", "gauge", NULL, "1 while every source is kept with its true count.",
	 print_exact},
	{"xdpctl_unlisted_at_most", "gauge", NULL,
	 "What an endpoint that a table does not list can have at most.", print_unlisted},
	{"xdpctl_max_sources", "gauge", NULL, "Sources that are kept exactly.", print_capacity},
	{"xdpctl_memory_bytes", "gauge", "bytes", "What the maps take, fixed when loaded.",
	 print_memory},
	{"xdpctl_cpu_frames", "counter", NULL, "Frames by the CPU that saw them.",
	 print_cpu_frames},
	{"xdpctl_cpu_syns", "counter", NULL, "SYNs by the CPU that saw them.", print_cpu_syns},
	{"xdpctl_completed", "counter", NULL, "Connections that this host accepted.",
	 print_completed},
	{"xdpctl_source_syns_at_least", "gauge", NULL,
	 "SYNs of the sources with most of them: so many are certain.", print_rows, false,
	 TABLE_SOURCES, AT_LEAST},
	{"xdpctl_source_syns_at_most", "gauge", NULL,
	 "SYNs of the sources with most of them: no more are possible.", print_rows, false,
	 TABLE_SOURCES, AT_MOST},
	{"xdpctl_victim_syns_at_least", "gauge", NULL,
	 "SYNs to the victims with most of them: so many are certain.", print_rows, false,
	 TABLE_VICTIMS, AT_LEAST},
	{"xdpctl_victim_syns_at_most", "gauge", NULL,
	 "SYNs to the victims with most of them: no more are possible.", print_rows, false,
	 TABLE_VICTIMS, AT_MOST},
	{"xdpctl_source_completed_at_least", "gauge", NULL,
	 "Completed connections of the sources with most SYNs: so many are certain.", print_rows,
	 false, TABLE_COMPLETED, AT_LEAST},
	{"xdpctl_source_completed_at_most", "gauge", NULL,
	 "Completed connections of the sources with most SYNs: no more are possible.", print_rows,
	 false, TABLE_COMPLETED, AT_MOST},
	{"xdpctl_victim_syn_acks_at_least", "gauge", NULL,
	 "SYN-ACKs of the victims with most SYNs: so many are certain.", print_rows, false,
	 TABLE_SYN_ACKS, AT_LEAST},
	{"xdpctl_victim_syn_acks_at_most", "gauge", NULL,
	 "SYN-ACKs of the victims with most SYNs: no more are possible.", print_rows, false,
	 TABLE_SYN_ACKS, AT_MOST},
	{"xdpctl_victim_fins_at_least", "gauge", NULL,
	 "FINs of the connections of the victims with most SYNs: so many are certain.", print_rows,
	 false, TABLE_FINS, AT_LEAST},
	{"xdpctl_victim_fins_at_most", "gauge", NULL,
	 "FINs of the connections of the victims with most SYNs: no more are possible.", print_rows,
	 false, TABLE_FINS, AT_MOST},
	{"xdpctl_victim_rsts_at_least", "gauge", NULL,
	 "RSTs of the connections of the victims with most SYNs: so many are certain.", print_rows,
	 false, TABLE_RSTS, AT_LEAST},
	{"xdpctl_victim_rsts_at_most", "gauge", NULL,
	 "RSTs of the connections of the victims with most SYNs: no more are possible.", print_rows,
	 false, TABLE_RSTS, AT_MOST},
};

/* In the classic format a counter's name has its suffix already in the head. */
static void print_head(const struct page *page)
{
	const struct family *family = page->family;
	bool classic = page->dialect == OPENMETRICS_CLASSIC;
	const char *suffix = classic && !strcmp(family->type, "counter") ? "_total" : "";

	fprintf(page->out, "# HELP %s%s %s\n", family->name, suffix, family->help);
	fprintf(page->out, "# TYPE %s%s %s\n", family->name, suffix, family->type);
	if (family->unit && !classic)
		fprintf(page->out, "# UNIT %s %s\n", family->name, family->unit);
}

void openmetrics__print(FILE *out, const struct watch *watch, size_t top,
			enum openmetrics_dialect dialect)
{
	struct page page = {.out = out, .watch = watch, .dialect = dialect, .top = top};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		page.family = &families[i];
		print_head(&page);
		for (size_t j = 0; j < watch->count; j++) {
			page.watched = &watch->list[j];
			if (page.family->always || page.watched->dataplane)
				page.family->print(&page);
		}
	}
	if (dialect == OPENMETRICS_1_0)
		fputs("# EOF\n", out);
}
