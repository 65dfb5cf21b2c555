// SPDX-License-Identifier: GPL-2.0-only
// policy_values: the scalars of a policy.
#include "common/policy/policy_values.h"

#include <string.h>

#include "common/base/name.h"
#include "common/base/number.h"
#include "common/policy/policy.h"
#include "common/policy/rule_names.h"

int policy_value__mode(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_mode_words, &word, why);

	if (!err)
		*(enum policy_mode *)ret = word;
	return err;
}

int policy_value__fragments(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_fragments_words, &word, why);

	if (!err)
		*(enum policy_fragments *)ret = word;
	return err;
}

int policy_value__burst(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 burst;
	int err = number__u64(what, text, 1, POLICY_MAX_BURST, &burst, why);

	if (!err)
		*(__u32 *)ret = burst;
	return err;
}

int policy_value__action(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_action_words, &word, why);

	if (!err)
		*(enum policy_action *)ret = word;
	return err;
}

int policy_value__armed(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_armed_words, &word, why);

	if (!err)
		*(enum policy_armed *)ret = word;
	return err;
}

int policy_value__version(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return number__version(what, text, POLICY_VERSION, ret, why);
}

int policy_value__rule_name(const char *what, const char *text, void *ret, struct errmsg *why)
{
	char name[POLICY_NAME_BYTES];
	int err = name__parse(what, text, name, sizeof(name), why);

	if (err)
		return err;
	if (rule_names__is_reserved(name))
		return errmsg__usage(why, "%s: '%s' is reserved: choose another name", what, name);
	memcpy(ret, name, strlen(name) + 1);
	return 0;
}
