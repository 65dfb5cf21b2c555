// SPDX-License-Identifier: GPL-2.0-only
// policy_output: what the policy commands have in common when they read a file and report.
#ifndef CTL_POLICY_POLICY_OUTPUT_H
#define CTL_POLICY_POLICY_OUTPUT_H

#include <jansson.h>

#include "common/attach/policy_store.h"
#include "common/base/cli.h"
#include "common/policy/policy.h"
#include "common/policy/policy_text.h"

/**
 * policy_file__read() - read and check a policy file; its warnings are notes
 * @ret: to be freed by policy__free()
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_file__read(const struct cli *cli, const char *path, bool no_management,
		      struct policy *ret, struct errmsg *why);

/** policy__print_summary() - one line for each part of a policy. */
void policy__print_summary(const struct policy *policy);

/** policy__summary_to_json() - how many entries each part has; NULL without memory. */
json_t *policy__summary_to_json(const struct policy *policy);

/** digest_to_json() - a digest as sha256sum(1) prints it. */
json_t *digest_to_json(const __u8 *digest);

/** members__print() - the names of a policy's interfaces, without a newline. */
void members__print(const struct policy_members *members);

/** members_to_json() - the same; NULL without memory. */
json_t *members_to_json(const struct policy_members *members);

#endif
