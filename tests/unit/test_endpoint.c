// SPDX-License-Identifier: GPL-2.0-only
// test_endpoint: addresses are accepted whole or refused, and printed as they were written.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "common/address/endpoint.h"

static void test_addresses(void **state)
{
	static const char *const good[] = {"192.0.2.1", "0.0.0.0", "2001:db8::1",
					   "::", "::ffff:192.0.2.1"};
	static const char *const bad[] = {"",    "192.0.2", "192.0.2.1 ",  "192.0.2.256",
					  "1:2", "x",       "192.0.2.1/24"};
	struct endpoint source, other;
	char text[ENDPOINT_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(endpoint__parse(good[i], &source), 0);
		assert_string_equal(endpoint__text(&source, text), good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(endpoint__parse(bad[i], &source), -EINVAL);
	assert_int_equal(endpoint__parse("192.0.2.1", &source), 0);
	assert_int_equal(endpoint__parse("::ffff:192.0.2.1", &other), 0);
	assert_int_not_equal(endpoint__compare(&source, &other), 0);
	assert_int_equal(endpoint__compare(&source, &source), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
