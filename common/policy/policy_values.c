// SPDX-License-Identifier: GPL-2.0-only
// policy_values: the scalars of a policy.
#include "common/policy/policy_values.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "common/base/number.h"
#include "common/policy/policy.h"
#include "common/policy/rule_names.h"

int policy_value__prefix(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return prefix__parse(what, text, ret, why);
}

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
	__u64 version;
	int err = number__u64(what, text, 1, INT_MAX, &version, why);

	if (err)
		return err;
	if (version != POLICY_VERSION)
		return errmsg__usage(why, "%s: version %llu is unknown: this xdpctl reads %d", what,
				     version, POLICY_VERSION);
	*(int *)ret = version;
	return 0;
}

int policy_value__rule_name(const char *what, const char *text, void *ret, struct errmsg *why)
{
	size_t length = strlen(text);

	if (!length || length >= POLICY_NAME_BYTES)
		return errmsg__usage(why, "%s: '%s': expected 1 to %d characters", what, text,
				     POLICY_NAME_BYTES - 1);
	for (const char *c = text; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.", *c)))
			return errmsg__usage(why,
					     "%s: '%s': expected letters, digits, '-', '_' and '.'",
					     what, text);
	if (rule_names__is_reserved(text))
		return errmsg__usage(why, "%s: '%s' is reserved: choose another name", what, text);
	memcpy(ret, text, length + 1);
	return 0;
}
