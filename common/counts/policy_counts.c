// SPDX-License-Identifier: GPL-2.0-only
// policy_counts: what a policy has decided on an interface, and how the policy stands.
#include "common/counts/policy_counts.h"

#include <stdlib.h>

#include "common/address/endpoint.h"

#define REASON_NAME(constant, name, verdict, label) [constant] = (name),
#define REASON_LABEL(constant, name, verdict, label) [constant] = (label),
#define REASON_VERDICT(constant, name, verdict, label) [constant] = (verdict),

const char *const reason_names[REASON_COUNT] = {REASONS(REASON_NAME)};
const char *const reason_labels[REASON_COUNT] = {REASONS(REASON_LABEL)};
const int reason_verdicts[REASON_COUNT] = {REASONS(REASON_VERDICT)};

void policy_counts__add(struct policy_counts *counts, const struct verdict_counters *cpu)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		counts->reasons[i] += cpu->reasons[i];
		counts->shadow[i] += cpu->shadow[i];
	}
	for (int i = 0; i < POLICY_RULES; i++) {
		counts->rules[i].matched += cpu->rules[i].matched;
		counts->rules[i].shadow += cpu->rules[i].shadow;
	}
	counts->untracked_syns += cpu->untracked_syns;
	counts->cannot_answer |= cpu->cannot_answer;
}

__u64 policy_counts__dropped(const struct policy_counts *counts)
{
	return counts->reasons[REASON_DROP_DENY] + counts->reasons[REASON_DROP_LIMIT] +
	       counts->reasons[REASON_DROP_ATTACK_LIMIT];
}

__u64 policy_counts__answered(const struct policy_counts *counts)
{
	__u64 answered = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		answered += reason_verdicts[i] == XDP_TX ? counts->reasons[i] : 0;
	return answered;
}

static int compare_attacks(const void *a, const void *b)
{
	const struct attack_row *left = a, *right = b;

	if (left->is_on != right->is_on)
		return left->is_on ? -1 : 1;
	if (left->syns != right->syns)
		return left->syns > right->syns ? -1 : 1;
	return endpoint__compare(&left->victim, &right->victim) ?: left->rule - right->rule;
}

void policy_counts__sort_attacks(struct policy_counts *counts)
{
	if (counts->attack_count)
		qsort(counts->attacks, counts->attack_count, sizeof(*counts->attacks),
		      compare_attacks);
}

size_t policy_counts__under_attack(const struct policy_counts *counts)
{
	size_t count = 0;

	for (size_t i = 0; i < counts->attack_count; i++)
		count += counts->attacks[i].is_on;
	return count;
}

void policy_counts__free(struct policy_counts *counts)
{
	free(counts->attacks);
	counts->attacks = NULL;
	counts->attack_count = 0;
}
