// SPDX-License-Identifier: GPL-2.0-only
// test_cli: numbers, choices and addresses are taken whole or refused.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "common/address/endpoint.h"
#include "common/attach/xdp_hook.h"
#include "common/base/cli.h"

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		__u64 value;
	} rows[] = {
		{"0", true, 0},      {"12", true, 12},
		{"012", true, 12},   {"100", true, 100},
		{"101", false, 0},   {"", false, 0},
		{" 12", false, 0},   {"12 ", false, 0},
		{"+12", false, 0},   {"-1", false, 0},
		{"12abc", false, 0}, {"0x10", false, 0},
		{"1e2", false, 0},   {"18446744073709551616", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct errmsg why = {};
		__u64 value = 77;
		int err = cli__u64("--count", rows[i].text, 0, 100, &value, &why);

		if (!err != rows[i].ok)
			fail_msg("'%s': %d", rows[i].text, err);
		assert_int_equal(value, rows[i].ok ? rows[i].value : 77);
		assert_int_equal(why.exit_code, rows[i].ok ? 0 : EXIT_USAGE);
		assert_int_equal(!strncmp(why.text, "--count: ", 9), !rows[i].ok);
	}
}

static void test_u64_limits(void **state)
{
	__u64 value;

	(void)state;
	assert_int_equal(cli__u64("", "18446744073709551615", 0, ~0ull, &value, NULL), 0);
	assert_int_equal(value, ~0ull);
	assert_int_equal(cli__u64("", "4", 5, 6, &value, NULL), -EINVAL);
}

static void test_choice(void **state)
{
	static const char *const words[] = {"first", "last", NULL};
	struct errmsg why = {};
	int index = -1;

	(void)state;
	assert_int_equal(cli__choice("--order", "last", words, &index, &why), 0);
	assert_int_equal(index, 1);
	assert_int_equal(cli__choice("--order", "las", words, &index, &why), -EINVAL);
	assert_string_equal(why.text, "--order: 'las' is not one of first, last");
	assert_int_equal(why.exit_code, EXIT_USAGE);
}

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
		cmocka_unit_test(test_u64),       cmocka_unit_test(test_u64_limits),
		cmocka_unit_test(test_choice),    cmocka_unit_test(test_mode),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
