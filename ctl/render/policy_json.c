// SPDX-License-Identifier: GPL-2.0-only
// policy_json: what a policy has decided on an interface as JSON.
#include "ctl/render/policy_json.h"

#include <arpa/inet.h>

#include "common/address/endpoint.h"
#include "common/base/sha256.h"
#include "common/base/utf8.h"
#include "ctl/render/format.h"
#include "ctl/render/policy_text.h"

static json_t *rules_to_json(const struct policy_counts *policy)
{
	json_t *rules = json_array();
	char name[POLICY_NAME_BYTES];

	for (int i = 1; i < POLICY_RULES; i++) {
		if (!policy__shows_rule(policy, i))
			continue;
		json_array_append_new(rules,
				      json_pack("{s:o, s:s?, s:I, s:I}", "name",
						utf8__json(rule__name(policy, i, name)), "mode",
						rule_mode_names[policy->standing.modes[i]],
						"matched", (json_int_t)policy->rules[i].matched,
						"would_have", (json_int_t)policy->rules[i].shadow));
	}
	return rules;
}

json_t *policy_standing_to_json(const struct policy_standing *standing)
{
	bool rules = standing->ruling < POLICY_SLOTS;
	char digest[SHA256_TEXT_BYTES];

	return json_pack("{s:o, s:s?, s:s?, s:I, s:o, s:b}", "id", utf8__json(standing->names.id),
			 "in_force", policy_slot_names[standing->ruling], "file_digest",
			 rules ? sha256__text(standing->digest, digest) : NULL, "generation",
			 (json_int_t)standing->generation, "confirm_before_ns",
			 integer_or_null(standing->confirm_before_ns), "reverted",
			 standing->was_reverted);
}

static json_t *policy_to_json(const struct policy_counts *policy)
{
	json_t *object;

	if (!policy->is_armed)
		return json_null();
	object = policy_standing_to_json(&policy->standing);
	json_object_set_new(object, "rules", rules_to_json(policy));
	return object;
}

json_t *attacks_to_json(const struct policy_counts *policy, const struct interval *interval,
			size_t top)
{
	json_t *attacks = json_array();
	char name[POLICY_NAME_BYTES], victim[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < policy->attack_count && i < top; i++) {
		const struct attack_row *row = &policy->attacks[i];
		json_t *attack =
			json_pack("{s:s, s:i}", "victim", endpoint__text(&row->victim, victim),
				  "port", ntohs(row->victim.port));

		json_object_update_new(
			attack,
			json_pack("{s:o, s:b, s:o, s:I, s:I, s:I, s:I}", "rule",
				  utf8__json(rule__name(policy, row->rule, name)), "armed",
				  row->is_on, "since_ns", integer_or_null(row->since_ns), "syns",
				  (json_int_t)row->syns, "stopped", (json_int_t)row->stopped,
				  "challenged", (json_int_t)row->challenged, "verified",
				  (json_int_t)row->verified));
		if (interval)
			json_object_set_new(
				attack, "syns_pps",
				json_real(interval__per_second(interval, row->syns_in_interval)));
		json_array_append_new(attacks, attack);
	}
	return attacks;
}

json_t *policy_counts_to_json(const struct policy_counts *policy, size_t top)
{
	if (!policy->counted)
		return json_object();
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:b, s:b, s:o}", "policy",
			 policy_to_json(policy), "reasons",
			 counts_to_json(reason_names, policy->reasons, REASON_COUNT), "would_have",
			 counts_to_json(reason_names, policy->shadow, REASON_COUNT), "unjudged",
			 (json_int_t)policy->unjudged, "untracked_syns",
			 (json_int_t)policy->untracked_syns, "under_attack",
			 (json_int_t)policy_counts__under_attack(policy), "attacks",
			 attacks_to_json(policy, NULL, top), "can_answer", !policy->cannot_answer,
			 "answers_lost", policy->answers_lost, "tx_failed",
			 policy->tx_failed_known ? json_integer(policy->tx_failed) : json_null());
}

json_t *policy_interval_to_json(const struct policy_counts *policy, const struct interval *interval)
{
	if (!policy->counted)
		return json_object();
	return json_pack("{s:o, s:o, s:o}", "reasons",
			 counts_to_json(reason_names, interval->reasons, REASON_COUNT),
			 "would_have", counts_to_json(reason_names, interval->shadow, REASON_COUNT),
			 "tx_failed",
			 policy->tx_failed_known ? json_integer(interval->tx_failed) : json_null());
}
