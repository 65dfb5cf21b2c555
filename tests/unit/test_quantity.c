// SPDX-License-Identifier: GPL-2.0-only
// test_quantity: rates and durations with their units.
#include <string.h>

#include "common/base/quantity.h"
#include "tests/unit_test.h"

static void test_rates(void **state)
{
	static const char *const refused[] = {
		"",     "20",    "/s",    "20 /s", " 20/s", "+20/s",
		"20/S", "20/ss", "2.5/s", "0/s",   "1e3/s", "99999999999999999999999999/s"};
	__u32 rate = 7;

	(void)state;
	assert_int_equal(quantity__rate("rate", "1/s", &rate, NULL), 0);
	assert_int_equal(rate, 1);
	assert_int_equal(quantity__rate("rate", "1000000000/s", &rate, NULL), 0);
	assert_int_equal(rate, QUANTITY_MAX_RATE_PPS);
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct errmsg why = {};

		assert_true(quantity__rate("rate", refused[i], &rate, &why) < 0);
		assert_int_equal(strncmp(why.text, "rate: ", 6), 0);
	}
	assert_int_equal(rate, QUANTITY_MAX_RATE_PPS);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		__u32 seconds;
	} rows[] = {{"1s", 1},    {"90s", 90},    {"10m", 600},
		    {"1h", 3600}, {"2d", 172800}, {"365d", QUANTITY_MAX_SECONDS}};
	static const char *const refused[] = {"",      "60",  "s",  "1.5h",
					      "1h30m", "1w",  "0s", "366d",
					      "-1s",   "1 h", "1M", "99999999999999999999999999s"};
	char buf[QUANTITY_TEXT_BYTES];
	__u32 seconds;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(quantity__duration("for", rows[i].text, &seconds, NULL), 0);
		assert_int_equal(seconds, rows[i].seconds);
		assert_string_equal(quantity__duration_text(seconds, buf), rows[i].text);
	}
	for (size_t i = 0; i < COUNT_OF(refused); i++)
		assert_true(quantity__duration("for", refused[i], &seconds, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
