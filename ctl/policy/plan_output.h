// SPDX-License-Identifier: GPL-2.0-only
// plan_output: what a plan found, as text and as JSON.
#ifndef CTL_POLICY_PLAN_OUTPUT_H
#define CTL_POLICY_PLAN_OUTPUT_H

#include <jansson.h>

#include "common/abi/policy_names.h"
#include "common/replay/plan.h"

/* A plan to show. */
struct plan_report {
	const char *files[PLAN_SIDES]; /* of the policies; NULL: no policy */
	const struct plan_options *options;
	const struct plan_result *result;
	const struct policy_names *names; /* of the rules of both policies */
	size_t top;                       /* show at most N sources */
};

/** plan__print() - as text */
void plan__print(const struct plan_report *report);

/** plan_to_json() - as a new object; NULL without memory. */
json_t *plan_to_json(const struct plan_report *report);

#endif
