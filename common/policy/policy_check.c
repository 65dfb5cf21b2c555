// SPDX-License-Identifier: GPL-2.0-only
// policy_check: what is wrong between the rules of a policy.
#include "common/policy/policy_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WARNINGS 10 /* of a kind */

__attribute__((format(printf, 3, 4))) static void warn(const struct policy_check_options *options,
						       const char *place, const char *fmt, ...)
{
	char text[512], line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	snprintf(line, sizeof(line), "%s: %s", place, text);
	options->warn(options->context, line);
}

static const char *place_text(const struct policy *policy, struct policy_origin origin,
			      char buf[256])
{
	snprintf(buf, 256, "%s:%u:%u", policy->files[origin.file], origin.line, origin.column);
	return buf;
}

static int compare_prefixes(const void *a, const void *b)
{
	const struct prefix *x = &((const struct policy_prefix *)a)->prefix;
	const struct prefix *y = &((const struct policy_prefix *)b)->prefix;
	int order = endpoint__compare(&x->network, &y->network);

	return order ?: (x->bits > y->bits) - (x->bits < y->bits);
}

static void warn_of_allowed(const struct policy *policy, const struct policy_check_options *options,
			    const struct policy_prefix *denied, const struct policy_prefix *allowed)
{
	char here[256], there[256], text[PREFIX_TEXT_BYTES];

	warn(options, place_text(policy, denied->origin, here),
	     "'%s' is in 'deny' and in 'allow' (%s): 'allow' wins",
	     prefix__text(&denied->prefix, text), place_text(policy, allowed->origin, there));
}

static int check_both_lists(const struct policy *policy, const struct policy_check_options *options)
{
	const struct policy_list *allow = &policy->allow, *deny = &policy->deny;
	struct policy_prefix *sorted = calloc(allow->count + 1, sizeof(*sorted));
	size_t found = 0;

	if (!sorted)
		return -ENOMEM;
	if (allow->count)
		memcpy(sorted, allow->prefixes, allow->count * sizeof(*sorted));
	qsort(sorted, allow->count, sizeof(*sorted), compare_prefixes);
	for (size_t i = 0; allow->count && i < deny->count; i++) {
		const struct policy_prefix *allowed =
			bsearch(&deny->prefixes[i], sorted, allow->count, sizeof(*sorted),
				compare_prefixes);

		if (allowed && found++ < MAX_WARNINGS)
			warn_of_allowed(policy, options, &deny->prefixes[i], allowed);
	}
	if (found > MAX_WARNINGS)
		warn(options, policy->files[0], "%zu more prefixes are in 'deny' and in 'allow'",
		     found - MAX_WARNINGS);
	free(sorted);
	return 0;
}

/* Nothing proves a source's address. */
static void warn_of_drops(const struct policy *policy, const struct policy_check_options *options,
			  const struct protect_rule *protect)
{
	char place[256];

	warn(options, place_text(policy, protect->origin, place),
	     "'%s' is enforced: %s are dropped but those of management and allowed sources",
	     protect->name,
	     protect->armed == ARMED_ALWAYS ? "all SYNs to its victims"
					    : "while a victim is under attack, all SYNs to it");
}

static void check_actions(const struct policy *policy, const struct policy_check_options *options)
{
	for (size_t i = 0; i < policy->protect_count; i++)
		if (policy->protects[i].mode == POLICY_ENFORCE &&
		    policy->protects[i].action == POLICY_ACTION_DROP)
			warn_of_drops(policy, options, &policy->protects[i]);
}

int policy__check(const struct policy *policy, const struct policy_check_options *options,
		  struct errmsg *why)
{
	if (!policy->management_count && !options->no_management && policy__has_enforced(policy))
		return errmsg__set(why, -EINVAL,
				   "%s: 'management' is empty although something is enforced: list "
				   "the networks that you manage this host from, or use "
				   "--no-management",
				   policy->files[0]);
	check_actions(policy, options);
	return check_both_lists(policy, options);
}
