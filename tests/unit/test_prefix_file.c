// SPDX-License-Identifier: GPL-2.0-only
// test_prefix_file: the forms in which lists of prefixes are published, and what is refused.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/policy/prefix_file.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

static const struct {
	const char *text;
	const char *prefixes; /* in the order of the file, or NULL: it is refused */
	const char *error;    /* behind the path */
} rows[] = {
	{"", "", NULL},
	{"\n \t\r\n# nothing\n; nothing\n  # nothing\n", "", NULL},
	{"192.0.2.0/24", "192.0.2.0/24 ", NULL},
	{"192.0.2.1\n2001:db8::1\n", "192.0.2.1/32 2001:db8::1/128 ", NULL},
	{"; Spamhaus DROP\n192.0.2.0/24 ; SBL1\n2001:db8::/32 ; SBL2\n",
	 "192.0.2.0/24 2001:db8::/32 ", NULL},
	{"192.0.2.0/24#one\r\n198.51.100.0/24;two\r\n", "192.0.2.0/24 198.51.100.0/24 ", NULL},
	{"192.0.2.7\t12\n192.0.2.8 3 # reports\n", "192.0.2.7/32 192.0.2.8/32 ", NULL},
	{"\xef\xbb\xbf"
	 "192.0.2.0/24\n",
	 "192.0.2.0/24 ", NULL},
	{"0.0.0.0/0\n::/0\n", "0.0.0.0/0 ::/0 ", NULL},
	{"192.0.2.0/24\n\n192.0.2.1/24\n", NULL, ":3:1: prefix: '192.0.2.1/24' has host bits"},
	{"  example.com\n", NULL, ":1:3: prefix: 'example.com' is not an address"},
	{"192.0.2.0 192.0.2.255\n", NULL, ":1:11: unexpected text after a prefix"},
	{"192.0.2.0 - 192.0.2.255\n", NULL, ":1:11: unexpected text after a prefix"},
	{"192.0.2.0/24,1\n", NULL, ":1:1: prefix: '24,1' is not a whole number"},
	{"\x1f\x8b\x08\n", NULL, ":1:1: prefix: "},
};

static void test_rows(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy_list list = {};
		struct errmsg why = {};
		char text[512] = "", buf[PREFIX_TEXT_BYTES];
		int err;

		store(scratch->path, rows[i].text, strlen(rows[i].text));
		err = prefix_file__read(scratch->path, 1, &list, &why);
		for (size_t j = 0; !err && j < list.count; j++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
				 prefix__text(&list.prefixes[j].prefix, buf));
		policy_list__free(&list);
		if (rows[i].prefixes) {
			assert_int_equal(err, 0);
			assert_string_equal(text, rows[i].prefixes);
		} else {
			assert_int_equal(err, -EINVAL);
			if (strncmp(why.text + strlen(scratch->path), rows[i].error,
				    strlen(rows[i].error)))
				fail_msg("%s", why.text);
		}
	}
}

static void test_nul(void **state)
{
	struct scratch *scratch = *state;
	struct policy_list list = {};
	struct errmsg why = {};

	store(scratch->path, "192.0.2.1\n192.0.2.2\0\n", 21);
	assert_int_equal(prefix_file__read(scratch->path, 0, &list, &why), -EINVAL);
	assert_non_null(strstr(why.text, ":2:1: a NUL byte"));
	policy_list__free(&list);
}

static void test_no_regular_file(void **state)
{
	struct scratch *scratch = *state;
	struct policy_list list = {};
	struct errmsg why = {};

	assert_int_equal(prefix_file__read(scratch->dir, 0, &list, &why), -EISDIR);
	assert_int_equal(prefix_file__read(scratch->path, 0, &list, &why), -ENOENT);
	assert_int_equal(prefix_file__read("/dev/zero", 0, &list, &why), -EINVAL);
	assert_non_null(strstr(why.text, "/dev/zero: not a regular file"));
	assert_int_equal(mkfifo(scratch->path, 0600), 0);
	assert_int_equal(prefix_file__read(scratch->path, 0, &list, &why), -EINVAL);
	assert_non_null(strstr(why.text, "not a regular file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(rows),
		SCRATCH_TEST(nul),
		SCRATCH_TEST(no_regular_file),
	};

	return cmocka_run_group_tests_name("prefix_file", tests, NULL, NULL);
}
