// SPDX-License-Identifier: GPL-2.0-only
// events_values: the scalars of events.yaml.
#include "common/events/events_values.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "common/abi/policy_names.h"
#include "common/abi/sample.h"
#include "common/base/name.h"
#include "common/base/number.h"
#include "common/base/quantity.h"

int events_value__rate_or_off(const char *what, const char *text, void *ret, struct errmsg *why)
{
	if (strcmp(text, "off"))
		return quantity__rate(what, text, ret, why);
	*(__u32 *)ret = 0;
	return 0;
}

int events_value__name(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return name__parse(what, text, ret, POLICY_NAME_BYTES, why);
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
	if (bytes != SAMPLE_BYTES && bytes != SAMPLE_WIDE_BYTES)
		return errmsg__usage(why, "%s: '%s': expected %d or %d", what, text, SAMPLE_BYTES,
				     SAMPLE_WIDE_BYTES);
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
