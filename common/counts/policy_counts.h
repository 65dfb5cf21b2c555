// SPDX-License-Identifier: GPL-2.0-only
// policy_counts: what a policy has decided on an interface, and how the policy stands.
#ifndef COMMON_COUNTS_POLICY_COUNTS_H
#define COMMON_COUNTS_POLICY_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/policy_names.h"

/* A protected victim. */
struct attack_row {
	__u64 id; /* of the rule and the victim */
	struct endpoint victim;
	__u8 rule;
	bool is_on;             /* it is under attack */
	__u64 since_ns;         /* since 1970; when the last attack began; 0: none yet */
	__u64 syns;             /* to the victim, on all interfaces of the policy */
	__u64 stopped;          /* of them: not passed, or not if the rule were enforced */
	__u64 challenged;       /* of them: answered by a challenge */
	__u64 verified;         /* sources that have answered one, anew or again */
	__u64 syns_in_interval; /* see interval__add() */
};

enum rule_mode { RULE_ABSENT, RULE_ENFORCED, RULE_SHADOW };

/* Which policy rules. */
struct policy_standing {
	enum policy_slot ruling; /* POLICY_SLOTS: none; every frame passes */
	__u64 generation;
	__u8 digest[POLICY_DIGEST_BYTES]; /* of the policy's text */
	__u64 confirm_before_ns;          /* since 1970; a candidate ends then; 0: it does not */
	bool has_answers;                 /* it may answer a SYN */
	bool was_reverted;        /* the candidate's time is over, and nobody confirmed it */
	__u8 modes[POLICY_RULES]; /* enum rule_mode, by number of the rule */
	struct policy_names names;
};

/* Sums: reasons + unjudged = frames; matched of all rules = reasons but pass_default. */
struct policy_counts {
	bool counted;  /* a policy rules here, or has; else the rest is zeros */
	bool is_armed; /* a policy rules here: standing and attacks are known */
	__u64 reasons[REASON_COUNT];
	__u64 shadow[REASON_COUNT]; /* what shadow rules would have led to; in no sum */
	__u64 unjudged;             /* frames that came while no policy ruled here */
	__u64 untracked_syns;       /* to victims without a row, as all others were under attack */
	bool cannot_answer;         /* answers would be lost here: SYNs pass instead */
	bool answers_lost;          /* what made them leave as they should has changed since */
	/* Answers, and whatever else XDP programs sent back, that the driver has not transmitted
	 * since it began to count; not known to every driver, nor of generic mode. */
	bool tx_failed_known;
	__u64 tx_failed;
	struct rule_counters rules[POLICY_RULES];
	struct policy_standing standing;
	struct attack_row *attacks; /* of all interfaces; those under attack first, by SYNs */
	size_t attack_count;
};

extern const char *const reason_names[REASON_COUNT]; /* in JSON */
extern const char *const reason_labels[REASON_COUNT];
extern const int reason_verdicts[REASON_COUNT]; /* enum xdp_action */

/** policy_counts__add() - add what a CPU has counted. */
void policy_counts__add(struct policy_counts *counts, const struct verdict_counters *cpu);

/** policy_counts__dropped() - frames that were dropped for their source's sake: TABLE_DROPPED's
 * total. */
__u64 policy_counts__dropped(const struct policy_counts *counts);

/** policy_counts__answered() - SYNs that were answered, as far as the program knows. */
__u64 policy_counts__answered(const struct policy_counts *counts);

/** policy_counts__sort_attacks() - those under attack first, then by SYNs. */
void policy_counts__sort_attacks(struct policy_counts *counts);

/** policy_counts__under_attack() - the number of victims under attack. */
size_t policy_counts__under_attack(const struct policy_counts *counts);

/** policy_counts__free() - free its attacks; zeros are fine. */
void policy_counts__free(struct policy_counts *counts);

#endif
