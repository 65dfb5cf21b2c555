// SPDX-License-Identifier: GPL-2.0-only
// quantity: numbers with units: rates, durations and sizes.
#include "common/base/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

struct unit {
	const char *name; /* NULL behind the last one */
	__u64 factor;
};

static const struct unit duration_units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {}};
static const struct unit byte_units[] = {
	{"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {}};

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

/* Return: 0, -EINVAL with @why set, or 1 if the text is no number with one of the units. */
static int parse_units(const char *what, const char *text, const struct unit *unit, __u64 max,
		       __u64 *ret, struct errmsg *why)
{
	char digits[QUANTITY_TEXT_BYTES];
	const char *name = split_unit(text, digits);
	__u64 number;
	int err;

	while (unit->name && strcmp(name, unit->name))
		unit++;
	if (!digits[0] || !unit->name)
		return 1;
	err = number__u64(what, digits, 1, max / unit->factor, &number, why);
	if (!err)
		*ret = number * unit->factor;
	return err;
}

int quantity__duration(const char *what, const char *text, void *ret_s, struct errmsg *why)
{
	char digits[QUANTITY_TEXT_BYTES];
	__u64 seconds;
	int err;

	if (!split_unit(text, digits)[0] && digits[0])
		return errmsg__usage(why, "%s: '%s': a duration needs a unit: %ss", what, text,
				     digits);
	err = parse_units(what, text, duration_units, QUANTITY_MAX_SECONDS, &seconds, why);
	if (err > 0)
		return errmsg__usage(
			why, "%s: '%s' is not a duration: expected a number and s, m, h or d", what,
			text);
	if (!err)
		*(__u32 *)ret_s = seconds;
	return err;
}

int quantity__bytes(const char *what, const char *text, void *ret_bytes, struct errmsg *why)
{
	int err = parse_units(what, text, byte_units, QUANTITY_MAX_BYTES, ret_bytes, why);

	return err <= 0 ? err
			: errmsg__usage(
				  why,
				  "%s: '%s' is not a size: expected a number and KiB, MiB or GiB",
				  what, text);
}

const char *quantity__duration_text(__u32 seconds, char buf[QUANTITY_TEXT_BYTES])
{
	const struct unit *unit = duration_units;

	while (seconds % unit->factor)
		unit++;
	snprintf(buf, QUANTITY_TEXT_BYTES, "%llu%s", seconds / unit->factor, unit->name);
	return buf;
}
