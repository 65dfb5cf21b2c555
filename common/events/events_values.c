// SPDX-License-Identifier: GPL-2.0-only
// events_values: the scalars of events.yaml.
#include "common/events/events_values.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/abi/policy_names.h"
#include "common/address/prefix.h"
#include "common/base/number.h"
#include "common/base/quantity.h"

#define MAX_SHIFTED_BYTES (1ull << 50)

int events_value__rate_or_off(const char *what, const char *text, void *ret, struct errmsg *why)
{
	if (strcmp(text, "off"))
		return quantity__rate(what, text, ret, why);
	*(__u32 *)ret = 0;
	return 0;
}

int events_value__prefix(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return prefix__parse(what, text, ret, why);
}

int events_value__name(const char *what, const char *text, void *ret, struct errmsg *why)
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
	memcpy(ret, text, length + 1);
	return 0;
}

int events_value__bytes(const char *what, const char *text, void *ret, struct errmsg *why)
{
	static const struct {
		const char *name;
		int shift;
	} units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
	size_t length = strspn(text, "0123456789");
	char digits[QUANTITY_TEXT_BYTES];
	__u64 number;
	int err;

	snprintf(digits, sizeof(digits), "%.*s", (int)length, text);
	for (size_t i = 0; digits[0] && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + length, units[i].name))
			continue;
		err = number__u64(what, digits, 1, MAX_SHIFTED_BYTES >> units[i].shift, &number,
				  why);
		if (!err)
			*(__u64 *)ret = number << units[i].shift;
		return err;
	}
	return errmsg__usage(why, "%s: '%s' is not a size: expected a number and KiB, MiB or GiB",
			     what, text);
}

int events_value__samples(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 samples;
	int err = number__u64(what, text, 0, EVIDENCE_MAX_SAMPLES, &samples, why);

	if (!err)
		*(__u32 *)ret = samples;
	return err;
}

int events_value__snap(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 bytes;
	int err = number__u64(what, text, 0, INT_MAX, &bytes, why);

	if (err)
		return err;
	if (bytes != EVIDENCE_SNAP_BYTES && bytes != EVIDENCE_LONG_SNAP_BYTES)
		return errmsg__usage(why, "%s: '%s': expected %d or %d", what, text,
				     EVIDENCE_SNAP_BYTES, EVIDENCE_LONG_SNAP_BYTES);
	*(__u32 *)ret = bytes;
	return 0;
}

int events_value__yes(const char *what, const char *text, void *ret, struct errmsg *why)
{
	static const char *const words[] = {"false", "true", NULL};
	int word, err = number__choice(what, text, words, &word, why);

	if (!err)
		*(bool *)ret = word;
	return err;
}
