// SPDX-License-Identifier: GPL-2.0-only
// test_address_port: addresses with ports, and what is refused.
#include <string.h>

#include "common/base/address_port.h"
#include "tests/unit_test.h"

static const struct {
	const char *text;
	const char *address; /* NULL: refused */
	int port;
	const char *error;
} rows[] = {
	{"192.0.2.1:443", "192.0.2.1", 443, NULL},
	{"[2001:db8::1]:1", "2001:db8::1", 1, NULL},
	{"192.0.2.1:65535", "192.0.2.1", 65535, NULL},
	{"192.0.2.1", NULL, 0,
	 "victim: '192.0.2.1': give ADDRESS:PORT, and an IPv6 address in brackets"},
	{"2001:db8::1:80", NULL, 0, "victim: '2001:db8::1:80': give ADDRESS:PORT, and an IPv6 "},
	{":80", NULL, 0, "victim: ':80': give ADDRESS:PORT"},
	{"[]:80", NULL, 0, "victim: '[]:80': give ADDRESS:PORT"},
	{"[2001:db8::1]", NULL, 0, "victim: '[2001:db8::1]': give ADDRESS:PORT"},
	{"", NULL, 0, "victim: '': give ADDRESS:PORT"},
	{"192.0.2.1:0", NULL, 0, "port: 0 is not between 1 and 65535"},
	{"192.0.2.1:65536", NULL, 0, "port: 65536 is not"},
	{"192.0.2.1:http", NULL, 0, "port: 'http'"},
	{"1234567890123456789012345678901234567890123456:1", NULL, 0, "victim: '1234567890"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct address_port parts = {};
		struct errmsg why = {};
		int err = address_port__parse("victim", rows[i].text, &parts, &why);

		if (!rows[i].address) {
			assert_true(err < 0);
			if (strncmp(why.text, rows[i].error, strlen(rows[i].error)))
				fail_msg("%s", why.text);
			continue;
		}
		assert_int_equal(err, 0);
		assert_string_equal(parts.address, rows[i].address);
		assert_int_equal(parts.port, rows[i].port);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
