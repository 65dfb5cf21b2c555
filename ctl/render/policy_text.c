// SPDX-License-Identifier: GPL-2.0-only
// policy_text: what a policy has decided on an interface as tables for people.
#include "ctl/render/policy_text.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/counts/snapshot.h"
#include "ctl/render/format.h"

#define WATCHED_ATTACKS 5 /* in each interval */

const char *const policy_slot_names[POLICY_SLOTS + 1] = {
	[POLICY_CANDIDATE] = "candidate",
	[POLICY_CONFIRMED] = "confirmed",
};

const char *const rule_mode_names[] = {
	[RULE_ABSENT] = NULL,
	[RULE_ENFORCED] = "enforce",
	[RULE_SHADOW] = "shadow",
};

const char *rule__name(const struct policy_counts *policy, __u8 rule, char buf[POLICY_NAME_BYTES])
{
	const char *name = policy->standing.names.rules[rule];

	if (name[0])
		snprintf(buf, POLICY_NAME_BYTES, "%.*s", POLICY_NAME_BYTES - 1, name);
	else
		snprintf(buf, POLICY_NAME_BYTES, "rule %u", rule);
	return buf;
}

bool policy__shows_rule(const struct policy_counts *policy, int rule)
{
	return policy->standing.modes[rule] || policy->rules[rule].matched ||
	       policy->rules[rule].shadow;
}

static int seconds_left(const struct policy_standing *standing)
{
	__u64 now_ns = clock__wall_ns();

	return standing->confirm_before_ns > now_ns
		       ? (standing->confirm_before_ns - now_ns + NS_PER_S - 1) / NS_PER_S
		       : 0;
}

const char *policy_standing__text(const struct policy_standing *standing,
				  char buf[POLICY_STANDING_BYTES])
{
	char id[POLICY_ID_BYTES];

	snprintf(id, sizeof(id), "%s", UTF8_PRINTABLE(standing->names.id));
	if (standing->ruling >= POLICY_SLOTS)
		snprintf(buf, POLICY_STANDING_BYTES, "%s, empty%s: every frame passes", id,
			 standing->was_reverted ? " (reverted: not confirmed in time)" : "");
	else if (standing->confirm_before_ns)
		snprintf(buf, POLICY_STANDING_BYTES,
			 "%s, generation %llu, reverts in %d s unless confirmed", id,
			 standing->generation, seconds_left(standing));
	else
		snprintf(buf, POLICY_STANDING_BYTES, "%s, generation %llu, %s%s", id,
			 standing->generation, policy_slot_names[standing->ruling],
			 standing->was_reverted ? " (a later one was reverted: not confirmed in "
						  "time)"
						: "");
	return buf;
}

static const char *counts_standing_text(const struct policy_counts *policy,
					char buf[POLICY_STANDING_BYTES])
{
	return policy->is_armed ? policy_standing__text(&policy->standing, buf) : "none any more";
}

static double share(__u64 part, __u64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void print_reasons(const struct policy_counts *policy, bool verbose)
{
	char number[NUMBER_BYTES], shadow[NUMBER_BYTES];
	__u64 frames = policy->unjudged;

	for (int i = 0; i < REASON_COUNT; i++)
		frames += policy->reasons[i];
	printf("\n  %-53s %16s %8s %7s %14s\n", "reason", "frames", "share", "verdict",
	       "shadow rules");
	for (int i = 0; i < REASON_COUNT; i++)
		if (policy->reasons[i] || policy->shadow[i] || verbose)
			printf("  %-53s %16s %6.1f %% %7s %14s\n", reason_labels[i],
			       number__grouped(policy->reasons[i], number),
			       share(policy->reasons[i], frames), verdict_names[reason_verdicts[i]],
			       policy->shadow[i] ? number__grouped(policy->shadow[i], shadow) : "");
	if (policy->unjudged || verbose)
		printf("  %-53s %16s %6.1f %% %7s\n", "no policy was in force",
		       number__grouped(policy->unjudged, number), share(policy->unjudged, frames),
		       verdict_names[XDP_PASS]);
}

static void print_rules(const struct policy_counts *policy)
{
	char name[POLICY_NAME_BYTES], matched[NUMBER_BYTES], shadow[NUMBER_BYTES];
	bool any = false;

	for (int i = 1; i < POLICY_RULES; i++) {
		if (!policy__shows_rule(policy, i))
			continue;
		if (!any)
			printf("\n  %-53s %16s %16s   %s\n", "rule", "matched", "would have",
			       "mode");
		any = true;
		rule__name(policy, i, name);
		printf("  %s %16s %16s   %s\n", UTF8_PADDED(UTF8_PRINTABLE(name), 53),
		       number__grouped(policy->rules[i].matched, matched),
		       number__grouped(policy->rules[i].shadow, shadow),
		       rule_mode_names[policy->standing.modes[i]] ?: "not in this policy");
	}
}

/* What became of answers behind the program. */
static void print_answers(const struct policy_counts *policy)
{
	char answered[NUMBER_BYTES], failed[NUMBER_BYTES];

	if (policy->cannot_answer)
		puts("\n  SYNs are not answered here, and pass instead: 'xdpctl doctor --answer "
		     "IFACE' "
		     "says why");
	if (policy->answers_lost)
		puts("\n  answers are lost: 'xdpctl doctor --answer IFACE' says why; 'policy "
		     "apply' "
		     "lets SYNs pass until it is mended");
	if (policy->tx_failed)
		printf("\n  of %s answers, and what else XDP has sent back, the driver lost %s\n",
		       number__grouped(policy_counts__answered(policy), answered),
		       number__grouped(policy->tx_failed, failed));
}

static void print_attacks(const struct policy_counts *policy, size_t top, bool verbose)
{
	size_t count = verbose ? policy->attack_count : policy_counts__under_attack(policy);
	char victim[ENDPOINT_LABEL_BYTES], name[POLICY_NAME_BYTES], since[TIME_TEXT_BYTES];
	char syns[NUMBER_BYTES], stopped[NUMBER_BYTES], challenged[NUMBER_BYTES];
	char verified[NUMBER_BYTES];
	size_t shown = count < top ? count : top;

	if (count)
		printf("\n  %-47s %16s %16s %16s %12s   %-19s  %s\n",
		       verbose ? "protected victim" : "victim under attack", "SYNs", "stopped",
		       "challenged", "verified", verbose ? "last attack" : "since", "rule");
	for (size_t i = 0; i < shown; i++) {
		const struct attack_row *row = &policy->attacks[i];

		rule__name(policy, row->rule, name);
		printf("  %-47s %16s %16s %16s %12s   %-19s  %s%s\n",
		       endpoint__label(&row->victim, TABLE_VICTIMS, NULL, victim),
		       number__grouped(row->syns, syns), number__grouped(row->stopped, stopped),
		       number__grouped(row->challenged, challenged),
		       number__grouped(row->verified, verified),
		       row->since_ns ? time__text(row->since_ns, since) : "never",
		       UTF8_PRINTABLE(name), verbose && row->is_on ? ", under attack" : "");
	}
	if (shown < count)
		printf("  and %zu more (-n shows more)\n", count - shown);
	if (policy->untracked_syns)
		printf("  SYNs to victims that were not followed, as there was no room: %s\n",
		       number__grouped(policy->untracked_syns, syns));
}

void print_policy(const struct policy_counts *policy, size_t top, bool verbose)
{
	char standing[POLICY_STANDING_BYTES];

	if (!policy->counted)
		return;
	printf("\n  %-22s %s\n", "policy", counts_standing_text(policy, standing));
	print_reasons(policy, verbose);
	print_answers(policy);
	print_rules(policy);
	print_attacks(policy, top, verbose);
}

const char *attack__text(const struct attack_row *row, const struct interval *interval,
			 char buf[ATTACK_TEXT_BYTES])
{
	char victim[ENDPOINT_LABEL_BYTES], rate[NUMBER_BYTES], passed[NUMBER_BYTES];
	char verified[NUMBER_BYTES];
	__u64 through = row->syns > row->stopped ? row->syns - row->stopped : 0;

	snprintf(buf, ATTACK_TEXT_BYTES, "%s: %s SYN/s, %s passed, %s verified",
		 endpoint__label(&row->victim, TABLE_VICTIMS, NULL, victim),
		 number__grouped(interval__per_second(interval, row->syns_in_interval) + 0.5, rate),
		 number__grouped(through, passed), number__grouped(row->verified, verified));
	return buf;
}

static void print_increase(const struct interval *interval, const char *label, __u64 count,
			   __u64 total)
{
	char rate[NUMBER_BYTES], number[NUMBER_BYTES], sum[NUMBER_BYTES];

	printf("  %s %14s %14s %17s\n", UTF8_PADDED(label, 39),
	       number__grouped(interval__per_second(interval, count) + 0.5, rate),
	       number__grouped(count, number), number__grouped(total, sum));
}

void print_policy_interval(const struct policy_counts *policy, const struct interval *interval,
			   bool verbose)
{
	size_t attacks = policy_counts__under_attack(policy);
	char standing[POLICY_STANDING_BYTES], label[128], attack[ATTACK_TEXT_BYTES];

	if (!policy->counted)
		return;
	printf("  policy %s", counts_standing_text(policy, standing));
	printf("; victims under attack: %zu\n", attacks);
	for (size_t i = 0; i < attacks && i < WATCHED_ATTACKS; i++)
		printf("  under attack: %s\n", attack__text(&policy->attacks[i], interval, attack));
	if (interval->tx_failed)
		print_increase(interval, "answers that the driver lost", interval->tx_failed,
			       policy->tx_failed);
	for (int i = 0; i < REASON_COUNT; i++) {
		const char *verdict = verdict_names[reason_verdicts[i]];

		snprintf(label, sizeof(label), "%s %s", verdict, reason_labels[i]);
		if (interval->reasons[i] || verbose)
			print_increase(interval, label, interval->reasons[i], policy->reasons[i]);
		snprintf(label, sizeof(label), "(would %s) %s", verdict, reason_labels[i]);
		if (interval->shadow[i])
			print_increase(interval, label, interval->shadow[i], policy->shadow[i]);
	}
}
