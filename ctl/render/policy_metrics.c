// SPDX-License-Identifier: GPL-2.0-only
// policy_metrics: the samples of what a policy has decided on an interface.
#include "ctl/render/policy_metrics.h"

#include <arpa/inet.h>

#include "common/address/endpoint.h"
#include "ctl/render/policy_text.h"

static const struct policy_counts *policy_of(const struct page *page)
{
	return &page->watched->snapshot.policy;
}

static void print_by_reason(const struct page *page, const __u64 *frames)
{
	for (int i = 0; policy_of(page)->counted && i < REASON_COUNT; i++) {
		sample_open(page, "_total");
		fprintf(page->out, ",reason=\"%s\",verdict=\"%s\"} %llu\n", reason_names[i],
			verdict_names[reason_verdicts[i]], frames[i]);
	}
}

void metric_reasons(const struct page *page)
{
	print_by_reason(page, policy_of(page)->reasons);
}

void metric_shadow_reasons(const struct page *page)
{
	print_by_reason(page, policy_of(page)->shadow);
}

static void rule_label(const struct page *page, __u8 rule)
{
	char name[POLICY_NAME_BYTES];

	fputs(",rule=\"", page->out);
	metric_label_value(page->out, rule__name(policy_of(page), rule, name));
	fputc('"', page->out);
}

static void print_by_rule(const struct page *page, bool shadow)
{
	const struct policy_counts *policy = policy_of(page);

	for (int i = 1; policy->counted && i < POLICY_RULES; i++) {
		if (!policy__shows_rule(policy, i))
			continue;
		sample_open(page, "_total");
		rule_label(page, i);
		fprintf(page->out, "} %llu\n",
			shadow ? policy->rules[i].shadow : policy->rules[i].matched);
	}
}

void metric_rules(const struct page *page)
{
	print_by_rule(page, false);
}

void metric_shadow_rules(const struct page *page)
{
	print_by_rule(page, true);
}

void metric_unjudged(const struct page *page)
{
	if (policy_of(page)->counted)
		metric_gauge(page, policy_of(page)->unjudged);
}

void metric_untracked(const struct page *page)
{
	if (policy_of(page)->counted)
		metric_total(page, policy_of(page)->untracked_syns);
}

void metric_tx_failed(const struct page *page)
{
	if (policy_of(page)->counted && policy_of(page)->tx_failed_known)
		metric_total(page, policy_of(page)->tx_failed);
}

void metric_answers_lost(const struct page *page)
{
	if (policy_of(page)->is_armed)
		metric_gauge(page, policy_of(page)->answers_lost);
}

void metric_can_answer(const struct page *page)
{
	if (policy_of(page)->is_armed)
		metric_gauge(page, !policy_of(page)->cannot_answer);
}

void metric_policy_info(const struct page *page)
{
	const struct policy_standing *standing = &policy_of(page)->standing;

	if (!policy_of(page)->is_armed)
		return;
	sample_open(page, "");
	fputs(",policy=\"", page->out);
	metric_label_value(page->out, standing->names.id);
	fprintf(page->out, "\",in_force=\"%s\"} 1\n",
		policy_slot_names[standing->ruling] ?: "none");
}

void metric_policy_generation(const struct page *page)
{
	if (policy_of(page)->is_armed)
		metric_gauge(page, policy_of(page)->standing.generation);
}

void metric_policy_confirm_before(const struct page *page)
{
	__u64 confirm_before_ns = policy_of(page)->standing.confirm_before_ns;

	if (!policy_of(page)->is_armed || !confirm_before_ns)
		return;
	sample_open(page, "");
	fprintf(page->out, "} %.3f\n", confirm_before_ns / 1e9);
}

void metric_policy_reverted(const struct page *page)
{
	if (policy_of(page)->is_armed)
		metric_gauge(page, policy_of(page)->standing.was_reverted);
}

void metric_under_attack(const struct page *page)
{
	if (policy_of(page)->is_armed)
		metric_gauge(page, policy_counts__under_attack(policy_of(page)));
}

static void attack_open(const struct page *page, const struct attack_row *row)
{
	char victim[ENDPOINT_TEXT_BYTES];

	sample_open(page, "");
	fprintf(page->out, ",victim=\"%s\",port=\"%u\"", endpoint__text(&row->victim, victim),
		ntohs(row->victim.port));
	rule_label(page, row->rule);
}

static void print_attacks_of(const struct page *page, __u64 (*value)(const struct attack_row *row))
{
	const struct policy_counts *policy = policy_of(page);

	for (size_t i = 0; i < policy->attack_count && i < page->top; i++) {
		attack_open(page, &policy->attacks[i]);
		fprintf(page->out, "} %llu\n", value(&policy->attacks[i]));
	}
}

static __u64 attack_is_on(const struct attack_row *row)
{
	return row->is_on;
}

static __u64 attack_syns(const struct attack_row *row)
{
	return row->syns;
}

static __u64 attack_stopped(const struct attack_row *row)
{
	return row->stopped;
}

static __u64 attack_challenged(const struct attack_row *row)
{
	return row->challenged;
}

static __u64 attack_verified(const struct attack_row *row)
{
	return row->verified;
}

void metric_attack_challenged(const struct page *page)
{
	print_attacks_of(page, attack_challenged);
}

void metric_attack_verified(const struct page *page)
{
	print_attacks_of(page, attack_verified);
}

void metric_attack_armed(const struct page *page)
{
	print_attacks_of(page, attack_is_on);
}

void metric_attack_syns(const struct page *page)
{
	print_attacks_of(page, attack_syns);
}

void metric_attack_stopped(const struct page *page)
{
	print_attacks_of(page, attack_stopped);
}
