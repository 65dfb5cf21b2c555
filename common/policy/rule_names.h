// SPDX-License-Identifier: GPL-2.0-only
// rule_names: the numbers that rules are counted by.
#ifndef COMMON_POLICY_RULE_NAMES_H
#define COMMON_POLICY_RULE_NAMES_H

#include <stdbool.h>

#include "common/abi/policy_names.h"

/* Names of rules that are not those of `protect`. */
#define RULE_MANAGEMENT "management"
#define RULE_ALLOW "allow"
#define RULE_DENY "deny"
#define RULE_FRAGMENTS "fragments"
#define RULE_LIMIT "limit"
#define RULE_ALLOW_FOR "allow-by-hand"
#define RULE_DENY_FOR "deny-by-hand"

/**
 * rule_names__number() - the number of a rule, a new one if needed
 *
 * A rule keeps its number as long as its policy has interfaces, whatever policy file is applied, so
 * that the counters of a number belong to one rule.
 *
 * Return: it, or -ENOSPC.
 */
int rule_names__number(struct policy_names *names, const char *name);

/** rule_names__is_reserved() - true for the names above. */
bool rule_names__is_reserved(const char *name);

#endif
