// SPDX-License-Identifier: GPL-2.0-only
// rule_names: the numbers that rules are counted by.
#include "common/policy/rule_names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int rule_names__number(struct policy_names *names, const char *name)
{
	for (int number = 1; number < POLICY_RULES; number++) {
		char *present = names->rules[number];

		if (!present[0])
			snprintf(present, POLICY_NAME_BYTES, "%s", name);
		if (!strncmp(present, name, POLICY_NAME_BYTES))
			return number;
	}
	return -ENOSPC;
}

bool rule_names__is_reserved(const char *name)
{
	static const char *const reserved[] = {RULE_MANAGEMENT, RULE_ALLOW, RULE_DENY,
					       RULE_FRAGMENTS,  RULE_LIMIT, RULE_ALLOW_FOR,
					       RULE_DENY_FOR,   "fleet"};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (!strcmp(reserved[i], name))
			return true;
	return false;
}
