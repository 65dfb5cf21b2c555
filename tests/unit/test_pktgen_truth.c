// SPDX-License-Identifier: GPL-2.0-only
// test_pktgen_truth: counting sources in few bytes, the order and form of the truth file, and files
// that appear only when they are complete.
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/output_file.h"
#include "pktgen/frames/rng.h"
#include "pktgen/truth/address_counts.h"
#include "pktgen/truth/truth.h"

static char directory[] = "/tmp/test_pktgen.XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

static struct address address_of(const char *text)
{
	struct address address = {.is_ipv6 = strchr(text, ':')};

	assert_int_equal(inet_pton(address.is_ipv6 ? AF_INET6 : AF_INET, text, address.words), 1);
	return address;
}

/* Key i is counted i % 5 + 1 times, in an order that is not theirs. */
static void check_address_counts(__u32 key_bytes)
{
	enum { KEYS = 50000 };
	struct permutation shuffle;
	struct address_counts counts;
	__u32 found = 0;

	address_counts__init(&counts, key_bytes);
	permutation__init(&shuffle, KEYS * 5, 1);
	for (__u32 i = 0; i < KEYS * 5; i++) {
		__u32 place = permutation__at(&shuffle, i);
		__u32 key[4] = {place % KEYS, 0, 0, place % KEYS * 7};

		if (place / KEYS <= place % KEYS % 5)
			assert_int_equal(address_counts__add(&counts, key[0] % 3, key), 0);
	}
	assert_int_equal(counts.keys, KEYS);
	for (int part = 0; part < ADDRESS_COUNTS_PARTS; part++) {
		__u32 entries = address_counts__pack(&counts, part);

		for (__u32 i = 0; i < entries; i++, found++) {
			__u32 key;

			memcpy(&key, address_counts__key(&counts, part, i), sizeof(key));
			assert_int_equal(address_counts__count(&counts, part, i), key % 5 + 1);
			assert_int_equal(key % 3, part);
		}
	}
	assert_int_equal(found, KEYS);
	address_counts__release(&counts);
}

static void test_address_counts(void **state)
{
	(void)state;
	check_address_counts(4);
	check_address_counts(16);
}

static void test_classes_balance(void **state)
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
	assert_int_equal(truth__sources(&truth), 1); /* of the SYNs alone */
	truth__release(&truth);
}

/* The order of `LC_ALL=C sort`, where 1.0.0.10 comes before 1.0.0.2 and 2.0.0.1 before 2001:: */
static void test_file(void **state)
{
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

	(void)state;
	truth__init(&truth, true);
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		const struct address source = address_of(sources[i]);

		assert_int_equal(truth__add(&truth, CLASS_SYN, &source, 54), 0);
	}
	assert_int_equal(truth__write(&truth, path_of("truth"), "a title", NULL), 0);
	file = fopen(path_of("truth"), "r");
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(text, "# a title\n# frames 15\n# distinct_sources 12\n# syns 15\n"));
	assert_non_null(strstr(text, "\n# class syn 15\n# class syn_ack 0\n"));
	lines = strstr(text, "\n1.0.0.1\t");
	assert_non_null(lines);
	assert_string_equal(lines + 1, expected);
	truth__release(&truth);
	unlink(path_of("truth"));
}

static void test_full_disk(void **state)
{
	const struct address source = address_of("192.0.2.1");
	struct errmsg why = {};
	struct truth truth;

	(void)state;
	truth__init(&truth, true);
	truth__add(&truth, CLASS_SYN, &source, 54);
	assert_int_equal(truth__write(&truth, "/dev/full", "a title", &why), -ENOSPC);
	assert_non_null(strstr(why.text, "/dev/full"));
	truth__release(&truth);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_output_appears_when_complete(void **state)
{
	struct output *output;
	struct errmsg why = {};

	(void)state;
	assert_int_equal(output__begin(path_of("a.pcapng"), &output, &why), 0);
	assert_string_not_equal(output__path(output), path_of("a.pcapng"));
	assert_string_equal(strrchr(output__path(output), '.'), ".pcapng");
	write_text(output__path(output), "half");
	errmsg__set(&why, -EIO, "%s: cannot write", output__path(output));
	output__explain(output, &why);
	assert_non_null(strstr(why.text, path_of("a.pcapng")));
	assert_null(strstr(why.text, "partial"));
	output__close(output);
	assert_int_not_equal(access(path_of("a.pcapng"), F_OK), 0);

	assert_int_equal(output__begin(path_of("a.pcapng"), &output, &why), 0);
	write_text(output__path(output), "whole");
	assert_int_equal(output__commit(output, &why), 0);
	output__close(output);
	assert_int_equal(access(path_of("a.pcapng"), F_OK), 0);
	unlink(path_of("a.pcapng"));
}

static void test_output_to_devices_and_nowhere(void **state)
{
	struct output *output;
	struct errmsg why = {};

	(void)state;
	assert_int_equal(output__begin("/dev/null", &output, &why), 0);
	assert_string_equal(output__path(output), "/dev/null");
	output__close(output);
	assert_int_equal(access("/dev/null", F_OK), 0);
	assert_int_equal(output__begin("/nonexistent/file", &output, &why), -ENOENT);
	assert_non_null(strstr(why.text, "/nonexistent/file"));
	output__close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_counts),
		cmocka_unit_test(test_classes_balance),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_output_appears_when_complete),
		cmocka_unit_test(test_output_to_devices_and_nowhere),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
