// SPDX-License-Identifier: GPL-2.0-only
// test_cli: modes and addresses are accepted whole or refused.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "common/address/endpoint.h"
#include "common/attach/xdp_hook.h"

static void test_mode(void **state)
{
	static const struct {
		const char *text;
		enum attach_mode mode;
	} rows[] = {
		{"native", ATTACH_NATIVE}, {"drv", ATTACH_NATIVE},      {"generic", ATTACH_GENERIC},
		{"skb", ATTACH_GENERIC},   {"offload", ATTACH_OFFLOAD}, {"hw", ATTACH_OFFLOAD},
		{"auto", ATTACH_AUTO},
	};
	enum attach_mode mode;
	struct errmsg why = {};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(attach_mode__parse(rows[i].text, &mode, &why), 0);
		assert_int_equal(mode, rows[i].mode);
	}
	assert_int_equal(attach_mode__parse("Native", &mode, &why), -EINVAL);
	assert_int_equal(attach_mode__parse("", &mode, &why), -EINVAL);
}

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
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
