// SPDX-License-Identifier: GPL-2.0-only
// rule_names: the numbers that rules are counted by.
#ifndef COMMON_POLICY_RULE_NAMES_H
#define COMMON_POLICY_RULE_NAMES_H

#include <linux/types.h>

#include "common/abi/policy.h"
#include "common/policy/policy.h"

/* Names of rules that are not those of `protect`. */
#define RULE_MANAGEMENT "management"
#define RULE_ALLOW "allow"
#define RULE_DENY "deny"
#define RULE_FRAGMENTS "fragments"
#define RULE_LIMIT "limit"
#define RULE_ALLOW_FOR "allow-by-hand"
#define RULE_DENY_FOR "deny-by-hand"

/*
 * A rule keeps its number as long as its policy has interfaces, whatever policy file is applied, so
 * that the counters of a number belong to one rule. A map value in bpffs.
 */
struct rule_names {
	char names[POLICY_RULES][POLICY_NAME_BYTES]; /* by number; 0 is no rule */
};

/** rule_names__number() - the number of a rule, a new one if needed. Return: it, or -ENOSPC. */
int rule_names__number(struct rule_names *names, const char *name);

/** rule_names__is_reserved() - true for the names above. */
bool rule_names__is_reserved(const char *name);

#endif
