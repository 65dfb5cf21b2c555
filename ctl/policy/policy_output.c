// SPDX-License-Identifier: GPL-2.0-only
// policy_output: what the policy commands have in common when they read a file and report.
#include "ctl/policy/policy_output.h"

#include <stdio.h>

#include "common/base/sha256.h"
#include "common/base/utf8.h"
#include "common/policy/policy_check.h"

static void note_warning(void *context, const char *text)
{
	cli__note(context, "%s", text);
}

int policy_file__read(const struct cli *cli, const char *path, bool no_management,
		      struct policy *ret, struct errmsg *why)
{
	const struct policy_check_options options = {
		.no_management = no_management, .warn = note_warning, .context = (void *)cli};
	int err = policy__read(path, ret, why);

	if (err)
		return err;
	err = policy__check(ret, &options, why);
	if (err)
		policy__free(ret);
	return err;
}

static void print_protect(const struct protect_rule *protect)
{
	printf("  protect %s: %zu victim%s, ", protect->name, protect->victims.count,
	       protect->victims.count == 1 ? "" : "s");
	if (protect->armed == ARMED_ALWAYS)
		printf("always armed");
	else
		printf("above %u/s, below %u/s, hold %u s", protect->above_pps, protect->below_pps,
		       protect->hold_s);
	printf(", %s, %s\n", policy_action_words[protect->action],
	       policy_mode_words[protect->mode]);
}

void policy__print_summary(const struct policy *policy)
{
	printf("  prefixes: management %zu, allow %zu, deny %zu (%s)\n", policy->management_count,
	       policy->allow.count, policy->deny.count, policy_mode_words[policy->deny.mode]);
	printf("  tiny fragments: %s\n", policy_fragments_words[policy->tiny_fragments]);
	if (policy->limit.given)
		printf("  limit: %u/s, burst %u, %s\n", policy->limit.rate_pps, policy->limit.burst,
		       policy_mode_words[policy->limit.mode]);
	for (size_t i = 0; i < policy->protect_count; i++)
		print_protect(&policy->protects[i]);
}

json_t *policy__summary_to_json(const struct policy *policy)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:b}", "management",
			 (json_int_t)policy->management_count, "allow",
			 (json_int_t)policy->allow.count, "deny", (json_int_t)policy->deny.count,
			 "protect", (json_int_t)policy->protect_count, "enforced",
			 policy__has_enforced(policy));
}

json_t *digest_to_json(const __u8 *digest)
{
	char text[SHA256_TEXT_BYTES];

	return json_string(sha256__text(digest, text));
}

void members__print(const struct policy_members *members)
{
	for (size_t i = 0; i < members->count; i++)
		printf("%s%s", i ? ", " : "", UTF8_PRINTABLE(members->interfaces[i]));
}

json_t *members_to_json(const struct policy_members *members)
{
	json_t *list = json_array();

	for (size_t i = 0; i < members->count; i++)
		json_array_append_new(list, utf8__json(members->interfaces[i]));
	return list;
}
