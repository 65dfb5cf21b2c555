// SPDX-License-Identifier: GPL-2.0-only
// policy_check: what is wrong between the rules of a policy.
#ifndef COMMON_POLICY_POLICY_CHECK_H
#define COMMON_POLICY_POLICY_CHECK_H

#include "common/policy/policy.h"

/* Gets a warning: one line, which names the file, the line and the column where it can. */
typedef void policy_warning_fn(void *context, const char *text);

struct policy_check_options {
	bool no_management; /* accepted although something is enforced */
	policy_warning_fn *warn;
	void *context;
};

/**
 * policy__check() - look for contradictions
 *
 * Return: 0, possibly after warnings; or a negative errno with @why set.
 */
int policy__check(const struct policy *policy, const struct policy_check_options *options,
		  struct errmsg *why);

#endif
