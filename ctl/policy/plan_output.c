// SPDX-License-Identifier: GPL-2.0-only
// plan_output: what a plan found, as text and as JSON.
#include "ctl/policy/plan_output.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/counts/policy_counts.h"
#include "ctl/render/format.h"

static const char *const plan_kind_names[PLAN_KINDS] = {
	[PLAN_NEWLY_DROPPED] = "newly_dropped",
	[PLAN_NEWLY_CHALLENGED] = "newly_challenged",
	[PLAN_NEWLY_PASSED] = "newly_passed",
};

static const char *const plan_kind_labels[PLAN_KINDS] = {
	[PLAN_NEWLY_DROPPED] = "newly dropped",
	[PLAN_NEWLY_CHALLENGED] = "newly challenged",
	[PLAN_NEWLY_PASSED] = "newly passed",
};

static const char *const plan_side_names[PLAN_SIDES] = {
	[PLAN_POLICY] = "policy",
	[PLAN_AGAINST] = "against",
};

static const char *rule_name(const struct plan_report *report, __u8 rule)
{
	return report->names->rules[rule];
}

static size_t shown_sources(const struct plan_report *report, const struct plan_change *change)
{
	return change->source_count < report->top ? change->source_count : report->top;
}

static void print_plan_row(const char *label, const struct plan_count *count)
{
	char frames[NUMBER_BYTES], connections[NUMBER_BYTES];

	printf("  %-40s %16s frames %14s connections", label,
	       number__grouped(count->frames, frames),
	       number__grouped(count->connections, connections));
}

static void print_plan_change(const struct plan_report *report, enum plan_kind kind)
{
	const struct plan_change *change = &report->result->changes[kind];
	char label[ENDPOINT_LABEL_BYTES], sources[NUMBER_BYTES];

	printf("\n");
	print_plan_row(plan_kind_labels[kind], &change->count);
	printf(" %12s sources\n", number__grouped(change->source_count, sources));
	for (int i = 0; i < POLICY_RULES; i++) {
		if (!change->rules[i].frames)
			continue;
		snprintf(label, sizeof(label), "  by %s", rule_name(report, i));
		print_plan_row(label, &change->rules[i]);
		printf("\n");
	}
	for (size_t i = 0; i < shown_sources(report, change); i++) {
		const struct plan_source *source = &change->sources[i];

		print_plan_row(endpoint__label(&source->address, TABLE_SOURCES, NULL, label),
			       &source->count);
		printf("  by %s\n", rule_name(report, source->rule));
	}
}

static void print_shadows(const struct plan_report *report)
{
	const struct plan_totals *totals = &report->result->totals[PLAN_POLICY];
	char frames[NUMBER_BYTES];
	bool any = false;

	for (int i = 0; i < POLICY_RULES; i++) {
		if (!totals->rules[i].shadow)
			continue;
		printf("%s  shadow rule %-28s %16s frames it would drop if it were enforced\n",
		       any ? "" : "\n", rule_name(report, i),
		       number__grouped(totals->rules[i].shadow, frames));
		any = true;
	}
}

void plan__print(const struct plan_report *report)
{
	const struct plan_result *result = report->result;
	char frames[NUMBER_BYTES];

	printf("%s against %s\n", UTF8_PRINTABLE(report->files[PLAN_POLICY]),
	       report->files[PLAN_AGAINST] ? UTF8_PRINTABLE(report->files[PLAN_AGAINST])
					   : "no policy");
	printf("  %s frames in %.3f s of captures", number__grouped(result->frames, frames),
	       (double)result->span_ns / NS_PER_S);
	if (result->not_replayable)
		printf(", %s more without Ethernet headers",
		       number__grouped(result->not_replayable, frames));
	printf("\n");
	for (int i = 0; i < PLAN_KINDS; i++)
		print_plan_change(report, i);
	print_shadows(report);
}

static json_t *plan_count_to_json(const struct plan_count *count)
{
	return json_pack("{s:I, s:I}", "frames", (json_int_t)count->frames, "connections",
			 (json_int_t)count->connections);
}

static json_t *change_rules_to_json(const struct plan_report *report,
				    const struct plan_change *change)
{
	json_t *rules = json_array();

	for (int i = 0; i < POLICY_RULES; i++) {
		json_t *row;

		if (!change->rules[i].frames)
			continue;
		row = json_pack("{s:s}", "name", rule_name(report, i));
		json_object_update_new(row, plan_count_to_json(&change->rules[i]));
		json_array_append_new(rules, row);
	}
	return rules;
}

static json_t *change_sources_to_json(const struct plan_report *report,
				      const struct plan_change *change)
{
	json_t *sources = json_array();

	for (size_t i = 0; i < shown_sources(report, change); i++) {
		const struct plan_source *source = &change->sources[i];
		json_t *row = endpoint_to_json(&source->address, TABLE_SOURCES, NULL);

		json_object_set_new(row, "rule", json_string(rule_name(report, source->rule)));
		json_object_update_new(row, plan_count_to_json(&source->count));
		json_array_append_new(sources, row);
	}
	return sources;
}

static json_t *change_to_json(const struct plan_report *report, const struct plan_change *change)
{
	json_t *object = plan_count_to_json(&change->count);

	json_object_set_new(object, "source_count", json_integer(change->source_count));
	json_object_set_new(object, "rules", change_rules_to_json(report, change));
	json_object_set_new(object, "sources", change_sources_to_json(report, change));
	return object;
}

static json_t *plan_side_to_json(const struct plan_report *report, enum plan_side side)
{
	const struct plan_totals *totals = &report->result->totals[side];
	json_t *rules = json_array();

	for (int i = 1; i < POLICY_RULES; i++)
		if (totals->rules[i].matched || totals->rules[i].shadow)
			json_array_append_new(
				rules,
				json_pack("{s:s, s:I, s:I}", "name", rule_name(report, i),
					  "matched", (json_int_t)totals->rules[i].matched,
					  "would_have", (json_int_t)totals->rules[i].shadow));
	return json_pack("{s:o, s:o, s:o}", "file", utf8__json(report->files[side]), "reasons",
			 counts_to_json(reason_names, totals->reasons, REASON_COUNT), "rules",
			 rules);
}

json_t *plan_to_json(const struct plan_report *report)
{
	const struct plan_result *result = report->result;
	json_t *captures = json_array(), *document;

	for (size_t i = 0; i < report->options->capture_count; i++)
		json_array_append_new(captures, utf8__json(report->options->captures[i]));
	document = json_pack(
		"{s:i, s:o, s:s, s:s, s:I, s:I, s:I, s:I}", "schema", JSON_SCHEMA, "captures",
		captures, "engine", policy_engine_names[report->options->engine], "challenge",
		plan_challenge_names[report->options->challenge], "frames",
		(json_int_t)result->frames, "not_replayable", (json_int_t)result->not_replayable,
		"span_ns", (json_int_t)result->span_ns, "elapsed_ns",
		(json_int_t)result->elapsed_ns);
	for (int i = 0; i < PLAN_SIDES && report->files[i]; i++)
		json_object_set_new(document, plan_side_names[i], plan_side_to_json(report, i));
	for (int i = 0; i < PLAN_KINDS; i++)
		json_object_set_new(document, plan_kind_names[i],
				    change_to_json(report, &result->changes[i]));
	return document;
}
