// SPDX-License-Identifier: GPL-2.0-only
// policy: what an operator allows, denies, limits and protects, as rules in memory.
#include "common/policy/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const policy_mode_words[] = {
	[POLICY_SHADOW] = "shadow", [POLICY_ENFORCE] = "enforce", NULL};

const char *const policy_fragments_words[] = {
	[FRAGMENTS_SHADOW] = "shadow", [FRAGMENTS_DROP] = "drop", [FRAGMENTS_PASS] = "pass", NULL};

const char *const policy_armed_words[] = {
	[ARMED_ATTACK] = "attack", [ARMED_ALWAYS] = "always", NULL};

#define ACTION_WORD(constant, name) [constant] = (name),
const char *const policy_action_words[] = {POLICY_ACTIONS(ACTION_WORD) NULL};
#undef ACTION_WORD

bool policy_action__verifies(enum policy_action action)
{
	return action == POLICY_ACTION_CHALLENGE || action == POLICY_ACTION_RESET;
}

int policy_list__add(struct policy_list *list, const struct prefix *prefix,
		     struct policy_origin origin)
{
	if (list->count == POLICY_MAX_PREFIXES)
		return -E2BIG;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 16;
		struct policy_prefix *grown =
			reallocarray(list->prefixes, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->prefixes = grown;
		list->capacity = capacity;
	}
	list->prefixes[list->count++] = (struct policy_prefix){.prefix = *prefix, .origin = origin};
	return 0;
}

void policy_list__free(struct policy_list *list)
{
	free(list->prefixes);
	*list = (struct policy_list){};
}

bool policy__has_enforced(const struct policy *policy)
{
	if (policy->deny.count && policy->deny.mode == POLICY_ENFORCE)
		return true;
	if (policy->tiny_fragments == FRAGMENTS_DROP)
		return true;
	if (policy->limit.given && policy->limit.mode == POLICY_ENFORCE)
		return true;
	for (size_t i = 0; i < policy->protect_count; i++)
		if (policy->protects[i].mode == POLICY_ENFORCE)
			return true;
	return false;
}

bool policy__has_answers(const struct policy *policy)
{
	if (policy->limit.given && policy->limit.mode == POLICY_ENFORCE)
		return true;
	for (size_t i = 0; i < policy->protect_count; i++)
		if (policy->protects[i].mode == POLICY_ENFORCE &&
		    policy->protects[i].action != POLICY_ACTION_DROP)
			return true;
	return false;
}

const struct protect_rule *policy__protect(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->protect_count; i++)
		if (!strcmp(policy->protects[i].name, name))
			return &policy->protects[i];
	return NULL;
}

void policy__free(struct policy *policy)
{
	for (size_t i = 0; i < policy->protect_count; i++)
		policy_list__free(&policy->protects[i].victims);
	for (size_t i = 0; i < policy->file_count; i++)
		free(policy->files[i]);
	policy_list__free(&policy->allow);
	policy_list__free(&policy->deny);
	free(policy->protects);
	free(policy->management);
	free(policy->files);
	*policy = (struct policy){};
}

int policy__add_file(struct policy *policy, char *path)
{
	char **grown = reallocarray(policy->files, policy->file_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	policy->files = grown;
	policy->files[policy->file_count++] = path;
	return 0;
}

int policy__add_management(struct policy *policy, const struct policy_management *management)
{
	struct policy_management *grown =
		reallocarray(policy->management, policy->management_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	policy->management = grown;
	policy->management[policy->management_count++] = *management;
	return 0;
}
