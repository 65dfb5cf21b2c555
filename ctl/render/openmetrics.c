// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: the totals of watched interfaces as OpenMetrics or Prometheus text.
#include "ctl/render/openmetrics.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/address/endpoint_index.h"
#include "common/base/utf8.h"
#include "ctl/render/events_metrics.h"
#include "ctl/render/policy_metrics.h"

void metric_label_value(FILE *out, const char *text)
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

void sample_open(const struct page *page, const char *suffix)
{
	fprintf(page->out, "%s%s{interface=\"", page->family->name, suffix);
	metric_label_value(page->out, page->watched->interface);
	fputc('"', page->out);
}

void metric_total(const struct page *page, __u64 value)
{
	sample_open(page, "_total");
	fprintf(page->out, "} %llu\n", value);
	if (page->dialect == OPENMETRICS_CLASSIC)
		return;
	sample_open(page, "_created");
	fprintf(page->out, "} %.3f\n", page->watched->attachment.record.attached_at_ns / 1e9);
}

void metric_gauge(const struct page *page, __u64 value)
{
	sample_open(page, "");
	fprintf(page->out, "} %llu\n", value);
}

static void metric_list(const struct page *page, const char *suffix, const char *label,
			const char *const *names, const __u64 *values, int count)
{
	for (int i = 0; i < count; i++) {
		sample_open(page, suffix);
		fprintf(page->out, ",%s=\"%s\"} %llu\n", label, names[i], values[i]);
	}
}

static void metric_up(const struct page *page)
{
	metric_gauge(page, page->watched->state != WATCHED_FAILED);
}

/* Unknown is neither 0 nor 1. */
static void metric_attached(const struct page *page)
{
	if (page->watched->state != WATCHED_FAILED)
		metric_gauge(page, page->watched->state == WATCHED_COUNTING);
}

static void metric_mode(const struct page *page)
{
	const char *mode = watched__mode(page->watched);

	if (!mode)
		return;
	sample_open(page, "");
	fprintf(page->out, ",mode=\"%s\"} 1\n", mode);
}

static void metric_frames(const struct page *page)
{
	metric_list(page, "_total", "class", frame_class_names, page->watched->snapshot.classes,
		    CLASS_COUNT);
}

static void metric_verdicts(const struct page *page)
{
	metric_list(page, "_total", "verdict", verdict_names, page->watched->snapshot.verdicts,
		    VERDICT_COUNT);
}

static void metric_unaccounted(const struct page *page)
{
	metric_total(page, page->watched->snapshot.unaccounted);
}

static void metric_bytes(const struct page *page)
{
	metric_total(page, page->watched->snapshot.bytes);
}

static void metric_syns(const struct page *page)
{
	metric_total(page, page->watched->snapshot.syns);
}

static void metric_unattributed(const struct page *page)
{
	metric_gauge(page, page->watched->snapshot.unattributed);
}

static void metric_distinct(const struct page *page)
{
	if (page->watched->snapshot.distinct_known)
		metric_gauge(page, page->watched->snapshot.distinct_sources);
}

static void metric_exact(const struct page *page)
{
	metric_gauge(page, page->watched->snapshot.exact);
}

static void metric_unlisted(const struct page *page)
{
	const struct tally *tallies = page->watched->snapshot.tallies;

	for (int i = 0; i < TABLE_COUNT; i++) {
		if (!tallies[i].counted)
			continue;
		sample_open(page, "");
		fprintf(page->out, ",table=\"%s\"} %llu\n", table_kinds[i].table,
			tallies[i].unlisted_at_most);
	}
}

static void metric_unsupported(const struct page *page)
{
	for (int i = 0; i < FEATURE_COUNT; i++) {
		if (!snapshot__is_unsupported(&page->watched->snapshot, i))
			continue;
		sample_open(page, "");
		fprintf(page->out, ",feature=\"%s\"} 1\n", feature_names[i]);
	}
}

static void metric_capacity(const struct page *page)
{
	metric_gauge(page, dataplane__max_sources(page->watched->dataplane));
}

static void metric_memory(const struct page *page)
{
	metric_gauge(page, dataplane__memory_bytes(page->watched->dataplane));
}

/* Read after the totals, so their sum is at least the total. */
static void metric_cpus(const struct page *page, int first_class, int end_class)
{
	const struct cpu_counters *counters;
	__u32 cpus;

	counters = dataplane__cpu_counters(page->watched->dataplane, &cpus);
	for (__u32 cpu = 0; counters && cpu < cpus; cpu++) {
		__u64 count = 0;

		for (int i = first_class; i < end_class; i++)
			count += counters[cpu].classes[i];
		sample_open(page, "_total");
		fprintf(page->out, ",cpu=\"%u\"} %llu\n", cpu, count);
	}
}

static void metric_cpu_frames(const struct page *page)
{
	metric_cpus(page, 0, CLASS_COUNT);
}

static void metric_cpu_syns(const struct page *page)
{
	metric_cpus(page, CLASS_SYN, CLASS_SYN + 1);
}

static void metric_endpoint(const struct page *page, const struct endpoint *endpoint)
{
	char text[SOURCE_VIEW_TEXT_BYTES];

	if (table_kind__has_sources(page->family->table))
		fprintf(page->out, ",source=\"%s\"",
			source_view__text(&page->watch->view, endpoint, text));
	else
		fprintf(page->out, ",victim=\"%s\",port=\"%u\"", endpoint__text(endpoint, text),
			ntohs(endpoint->port));
}

/* One bound, in the family's table, of the sources or victims with most SYNs. */
static void metric_rows(const struct page *page)
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
		struct tally_row row = {.at_most = tally->rest_total + tally->unlisted_at_most};

		if (number < tally->count)
			row = tally->rows[number];
		sample_open(page, "");
		metric_endpoint(page, endpoint);
		fprintf(page->out, "} %llu\n",
			family->bound == AT_LEAST ? row.at_least : row.at_most);
	}
	endpoint_index__free(&index);
}

static void metric_completed(const struct page *page)
{
	const struct tally *completed = &page->watched->snapshot.tallies[TABLE_COMPLETED];

	if (completed->counted)
		metric_total(page, completed->total);
}

static const struct family families[] = {
	{"xdpctl_up", "gauge", NULL, "1 if the interface could be read; 0: its state is unknown.",
	 metric_up, true},
	{"xdpctl_attached", "gauge", NULL, "1 if SYNs are counted on the interface.",
	 metric_attached, true},
	{"xdpctl_attachment_info", "gauge", NULL, "The mode in which the program is attached.",
	 metric_mode},
	{"xdpctl_not_offered", "gauge", NULL, "1 for each feature that this mode does not support.",
	 metric_unsupported},
	{"xdpctl_frames", "counter", NULL, "Frames, each in exactly one class.", metric_frames},
	{"xdpctl_verdicts", "counter", NULL, "Frames by XDP verdict.", metric_verdicts},
	{"xdpctl_unaccounted_frames", "counter", NULL,
	 "Frames passed on CPUs without counters; in no class.", metric_unaccounted},
	{"xdpctl_received_bytes", "counter", "bytes", "Bytes in all frames.", metric_bytes},
	{"xdpctl_syns", "counter", NULL, "TCP connection requests (SYN without ACK).", metric_syns},
	{"xdpctl_unattributed_syns", "gauge", NULL, "SYNs not attributed to a listed source.",
	 metric_unattributed},
	{"xdpctl_distinct_sources", "gauge", NULL,
	 "Distinct sources since counting began; an estimate when the table is full.",
	 metric_distinct},
	{"xdpctl_exact", "gauge", NULL, "1 while every source has its exact count.", metric_exact},
	{"xdpctl_unlisted_at_most", "gauge", NULL,
	 "Upper bound for an endpoint that the table does not list.", metric_unlisted},
	{"xdpctl_max_sources", "gauge", NULL, "Sources that the table counts exactly.",
	 metric_capacity},
	{"xdpctl_memory_bytes", "gauge", "bytes", "Kernel memory of the maps, fixed at load.",
	 metric_memory},
	{"xdpctl_cpu_frames", "counter", NULL, "Frames by receiving CPU.", metric_cpu_frames},
	{"xdpctl_cpu_syns", "counter", NULL, "SYNs by receiving CPU.", metric_cpu_syns},
	{"xdpctl_completed", "counter", NULL, "Connections that this host accepted.",
	 metric_completed},
	{"xdpctl_source_syns_at_least", "gauge", NULL,
	 "Lower bound for the SYNs of the sources with most of them.", metric_rows, false,
	 TABLE_SOURCES, AT_LEAST},
	{"xdpctl_source_syns_at_most", "gauge", NULL,
	 "Upper bound for the SYNs of the sources with most of them.", metric_rows, false,
	 TABLE_SOURCES, AT_MOST},
	{"xdpctl_victim_syns_at_least", "gauge", NULL,
	 "Lower bound for the SYNs to the victims with most of them.", metric_rows, false,
	 TABLE_VICTIMS, AT_LEAST},
	{"xdpctl_victim_syns_at_most", "gauge", NULL,
	 "Upper bound for the SYNs to the victims with most of them.", metric_rows, false,
	 TABLE_VICTIMS, AT_MOST},
	{"xdpctl_source_completed_at_least", "gauge", NULL,
	 "Lower bound for the completed connections of the sources with most SYNs.", metric_rows,
	 false, TABLE_COMPLETED, AT_LEAST},
	{"xdpctl_source_completed_at_most", "gauge", NULL,
	 "Upper bound for the completed connections of the sources with most SYNs.", metric_rows,
	 false, TABLE_COMPLETED, AT_MOST},
	{"xdpctl_victim_syn_acks_at_least", "gauge", NULL,
	 "Lower bound for the SYN-ACKs of the victims with most SYNs.", metric_rows, false,
	 TABLE_SYN_ACKS, AT_LEAST},
	{"xdpctl_victim_syn_acks_at_most", "gauge", NULL,
	 "Upper bound for the SYN-ACKs of the victims with most SYNs.", metric_rows, false,
	 TABLE_SYN_ACKS, AT_MOST},
	{"xdpctl_victim_fins_at_least", "gauge", NULL,
	 "Lower bound for the FINs on connections of the victims with most SYNs.", metric_rows,
	 false, TABLE_FINS, AT_LEAST},
	{"xdpctl_victim_fins_at_most", "gauge", NULL,
	 "Upper bound for the FINs on connections of the victims with most SYNs.", metric_rows,
	 false, TABLE_FINS, AT_MOST},
	{"xdpctl_victim_rsts_at_least", "gauge", NULL,
	 "Lower bound for the RSTs on connections of the victims with most SYNs.", metric_rows,
	 false, TABLE_RSTS, AT_LEAST},
	{"xdpctl_victim_rsts_at_most", "gauge", NULL,
	 "Upper bound for the RSTs on connections of the victims with most SYNs.", metric_rows,
	 false, TABLE_RSTS, AT_MOST},
	{"xdpctl_policy_info", "gauge", NULL,
	 "The policy of the interface, and which version of it is in force.", metric_policy_info},
	{"xdpctl_policy_generation", "gauge", NULL,
	 "Number of the policy in force; every change raises it.", metric_policy_generation},
	{"xdpctl_policy_confirm_before_seconds", "gauge", "seconds",
	 "Unix time at which a policy on trial ends, unless it is confirmed.",
	 metric_policy_confirm_before},
	{"xdpctl_policy_reverted", "gauge", NULL,
	 "1 if a policy on trial has ended, because it was not confirmed in time.",
	 metric_policy_reverted},
	{"xdpctl_reasons", "counter", NULL, "Frames by the reason of their verdict.",
	 metric_reasons},
	{"xdpctl_would_have", "counter", NULL,
	 "Frames by what shadow rules would have led to; in no sum.", metric_shadow_reasons},
	{"xdpctl_unjudged_frames", "gauge", NULL, "Frames that came while no policy was in force.",
	 metric_unjudged},
	{"xdpctl_rule_matched", "counter", NULL, "Frames that a rule decided on.", metric_rules},
	{"xdpctl_rule_would_have", "counter", NULL, "Frames that a shadow rule would have dropped.",
	 metric_shadow_rules},
	{"xdpctl_victims_under_attack", "gauge", NULL,
	 "Protected victims under attack, on all interfaces of the policy.", metric_under_attack},
	{"xdpctl_protected_under_attack", "gauge", NULL,
	 "1 if a protected victim is under attack, on any interface of the policy.",
	 metric_attack_armed},
	{"xdpctl_protected_syns", "gauge", NULL,
	 "SYNs to a protected victim, on all interfaces of the policy.", metric_attack_syns},
	{"xdpctl_protected_stopped", "gauge", NULL,
	 "SYNs to a protected victim that did not pass, or would not have.", metric_attack_stopped},
	{"xdpctl_protected_challenged", "gauge", NULL,
	 "SYNs to a protected victim that were answered by a challenge.", metric_attack_challenged},
	{"xdpctl_protected_verified", "gauge", NULL,
	 "Sources that answered a challenge for a protected victim.", metric_attack_verified},
	{"xdpctl_can_answer", "gauge", NULL,
	 "0 if answers would be lost, so that SYNs pass instead.", metric_can_answer},
	{"xdpctl_answers_lost", "gauge", NULL,
	 "1 if answers are lost since something changed after the last apply.",
	 metric_answers_lost},
	{"xdpctl_tx_failed_frames", "counter", NULL,
	 "Answers that the driver has not transmitted, where it counts them.", metric_tx_failed},
	{"xdpctl_untracked_syns", "counter", NULL,
	 "SYNs to protected victims that were not followed, for lack of room.", metric_untracked},
	{"xdpctl_dropped_source_frames_at_least", "gauge", NULL,
	 "Lower bound for the frames dropped of the sources with most of them.", metric_rows, false,
	 TABLE_DROPPED, AT_LEAST},
	{"xdpctl_dropped_source_frames_at_most", "gauge", NULL,
	 "Upper bound for the frames dropped of the sources with most of them.", metric_rows, false,
	 TABLE_DROPPED, AT_MOST},
};

/* In the classic format the metadata name a counter with its suffix. */
void metric_head(const struct page *page)
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
		metric_head(&page);
		for (size_t j = 0; j < watch->count; j++) {
			page.watched = &watch->list[j];
			if (page.family->always || page.watched->dataplane)
				page.family->print(&page);
		}
	}
	events_metrics__print(out, dialect);
	if (dialect == OPENMETRICS_1_0)
		fputs("# EOF\n", out);
}
