// SPDX-License-Identifier: GPL-2.0-only
// policy_text: what a policy has decided on an interface as tables for people.
#ifndef CTL_RENDER_POLICY_TEXT_H
#define CTL_RENDER_POLICY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/counts/interval.h"
#include "common/counts/policy_counts.h"

#define POLICY_STANDING_BYTES 192
#define ATTACK_TEXT_BYTES 192

extern const char *const policy_slot_names[POLICY_SLOTS + 1]; /* the last one is NULL */
extern const char *const rule_mode_names[];                   /* by enum rule_mode; or NULL */

/** rule__name() - the name of a rule; an unnamed one is "rule N". Return: @buf. */
const char *rule__name(const struct policy_counts *policy, __u8 rule, char buf[POLICY_NAME_BYTES]);

/** policy__shows_rule() - true if the policy that rules has the rule, or it was counted. */
bool policy__shows_rule(const struct policy_counts *policy, int rule);

/** policy_standing__text() - which policy rules, and until when, in a line. Return: @buf. */
const char *policy_standing__text(const struct policy_standing *standing,
				  char buf[POLICY_STANDING_BYTES]);

/**
 * print_policy() - print reasons, rules and victims under attack; nothing if no policy ever ruled
 * @verbose: also show reasons without frames, and protected victims that are calm
 */
void print_policy(const struct policy_counts *policy, size_t top, bool verbose);

/** attack__text() - a victim, its SYN/s in the interval, and how many got through. Return: @buf. */
const char *attack__text(const struct attack_row *row, const struct interval *interval,
			 char buf[ATTACK_TEXT_BYTES]);

/** print_policy_interval() - print the reasons and rules of an interval that are not zero. */
void print_policy_interval(const struct policy_counts *policy, const struct interval *interval,
			   bool verbose);

#endif
