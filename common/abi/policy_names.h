// SPDX-License-Identifier: GPL-2.0-only
// policy_names: what a policy and its rules are called, kept in a map for whoever shows counters.
#ifndef COMMON_ABI_POLICY_NAMES_H
#define COMMON_ABI_POLICY_NAMES_H

#include "common/abi/policy.h"

#define POLICY_ID_BYTES 64 /* with the terminating null */
#define POLICY_NAME_BYTES 32

struct policy_names {
	char id[POLICY_ID_BYTES];
	char rules[POLICY_RULES][POLICY_NAME_BYTES]; /* by number; empty: no such rule */
};

#endif
