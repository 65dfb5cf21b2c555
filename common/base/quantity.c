// SPDX-License-Identifier: GPL-2.0-only
// quantity: numbers with units: rates and durations.
#include "common/base/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

static const struct {
	const char *name;
	__u32 seconds;
} duration_units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};

#define DURATION_UNITS (sizeof(duration_units) / sizeof(duration_units[0]))

/* Return: what follows the digits of a text, which are copied. */
static const char *split_unit(const char *text, char digits[QUANTITY_TEXT_BYTES])
{
	size_t length = strspn(text, "0123456789");

	snprintf(digits, QUANTITY_TEXT_BYTES, "%.*s", (int)length, text);
	return text + length;
}

int quantity__rate(const char *what, const char *text, void *ret_pps, struct errmsg *why)
{
	char digits[QUANTITY_TEXT_BYTES];
	const char *unit = split_unit(text, digits);
	__u64 number;
	int err;

	if (digits[0] && !unit[0])
		return errmsg__usage(why, "%s: '%s': a rate needs a unit: %s/s", what, text,
				     digits);
	if (!digits[0] || strcmp(unit, "/s"))
		return errmsg__usage(why, "%s: '%s' is not a rate: expected N/s", what, text);
	err = number__u64(what, digits, 1, QUANTITY_MAX_RATE_PPS, &number, why);
	if (!err)
		*(__u32 *)ret_pps = number;
	return err;
}

int quantity__duration(const char *what, const char *text, void *ret_s, struct errmsg *why)
{
	char digits[QUANTITY_TEXT_BYTES];
	const char *unit = split_unit(text, digits);
	__u64 number;
	int err;

	if (digits[0] && !unit[0])
		return errmsg__usage(why, "%s: '%s': a duration needs a unit: %ss", what, text,
				     digits);
	for (size_t i = 0; digits[0] && i < DURATION_UNITS; i++) {
		__u32 seconds = duration_units[i].seconds;

		if (strcmp(unit, duration_units[i].name))
			continue;
		err = number__u64(what, digits, 1, QUANTITY_MAX_SECONDS / seconds, &number, why);
		if (!err)
			*(__u32 *)ret_s = number * seconds;
		return err;
	}
	return errmsg__usage(why, "%s: '%s' is not a duration: expected a number and s, m, h or d",
			     what, text);
}

const char *quantity__duration_text(__u32 seconds, char buf[QUANTITY_TEXT_BYTES])
{
	size_t unit = 0;

	while (seconds % duration_units[unit].seconds)
		unit++;
	snprintf(buf, QUANTITY_TEXT_BYTES, "%u%s", seconds / duration_units[unit].seconds,
		 duration_units[unit].name);
	return buf;
}
