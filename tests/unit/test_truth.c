// SPDX-License-Identifier: GPL-2.0-only
// test_truth: the totals per class, and the order and format of the truth file.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pktgen/truth/truth.h"
#include "tests/scratch.h"

static struct address address_of(const char *text)
{
	struct address address = {.is_ipv6 = strchr(text, ':')};

	assert_int_equal(inet_pton(address.is_ipv6 ? AF_INET6 : AF_INET, text, address.words), 1);
	return address;
}

static void test_classes_add_up(void **state)
{
	const struct address source = address_of("192.0.2.1");
	struct truth truth;
	__u64 sum = 0;

	(void)state;
	truth__init(&truth, true);
	for (int class = 0; class < CLASS_COUNT; class ++)
		for (int n = 0; n <= class; n++)
			assert_int_equal(truth__add(&truth, class, &source, 60), 0);
	for (int class = 0; class < CLASS_COUNT; class ++)
		sum += truth.classes[class];
	assert_int_equal(sum, truth.frames);
	assert_int_equal(truth.bytes, 60 * truth.frames);
	assert_int_equal(truth__sources(&truth), 1); /* SYNs only */
	truth__release(&truth);
}

/* The order of `LC_ALL=C sort`, where 1.0.0.10 comes before 1.0.0.2 and 2.0.0.1 before 2001:: */
static void test_file(void **state)
{
	const struct scratch *scratch = *state;
	static const char *const sources[] = {
		"2001:db8::1",   "9.9.9.9",  "10.0.0.1",         "1.0.0.2", "1.0.0.10",
		"1.0.0.2",       "::",       "::ffff:192.0.2.1", "2.0.0.1", "::1",
		"200.255.254.3", "10.0.0.1", "100.0.0.1",        "1.0.0.1", "1.0.0.2",
	};
	static const char expected[] = "1.0.0.1\t1\n1.0.0.10\t1\n1.0.0.2\t3\n10.0.0.1\t2\n"
				       "100.0.0.1\t1\n2.0.0.1\t1\n200.255.254.3\t1\n"
				       "2001:db8::1\t1\n9.9.9.9\t1\n::\t1\n::1\t1\n"
				       "::ffff:192.0.2.1\t1\n";
	char text[4096] = "", *lines;
	struct truth truth;
	FILE *file;

	truth__init(&truth, true);
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		const struct address source = address_of(sources[i]);

		assert_int_equal(truth__add(&truth, CLASS_SYN, &source, 54), 0);
	}
	assert_int_equal(
		truth__write(&truth, fopen(scratch->path, "w"), scratch->path, "a title", NULL), 0);
	file = fopen(scratch->path, "r");
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(text, "# a title\n# frames 15\n# distinct_sources 12\n# syns 15\n"));
	assert_non_null(strstr(text, "\n# class syn 15\n# class syn_ack 0\n"));
	lines = strstr(text, "\n1.0.0.1\t");
	assert_non_null(lines);
	assert_string_equal(lines + 1, expected);
	truth__release(&truth);
}

static void test_full_disk(void **state)
{
	const struct address source = address_of("192.0.2.1");
	struct errmsg why = {};
	struct truth truth;

	(void)state;
	truth__init(&truth, true);
	truth__add(&truth, CLASS_SYN, &source, 54);
	assert_int_equal(
		truth__write(&truth, fopen("/dev/full", "w"), "/dev/full", "a title", &why),
		-ENOSPC);
	assert_non_null(strstr(why.text, "/dev/full"));
	truth__release(&truth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes_add_up),
		SCRATCH_TEST(file),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests_name("truth", tests, NULL, NULL);
}
