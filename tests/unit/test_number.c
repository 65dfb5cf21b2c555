// SPDX-License-Identifier: GPL-2.0-only
// test_number: numbers and words are accepted whole or refused, and a misspelt word is named.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/nearest.h"
#include "common/base/number.h"
#include "tests/unit_test.h"

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
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct errmsg why = {};
		__u64 value = 77;
		int err = number__u64("--count", rows[i].text, 0, 100, &value, &why);

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
	assert_int_equal(number__u64("", "18446744073709551615", 0, ~0ull, &value, NULL), 0);
	assert_int_equal(value, ~0ull);
	assert_int_equal(number__u64("", "4", 5, 6, &value, NULL), -EINVAL);
}

static void test_choice(void **state)
{
	static const char *const words[] = {"first", "last", NULL};
	struct errmsg why = {};
	int index = -1;

	(void)state;
	assert_int_equal(number__choice("--order", "last", words, &index, &why), 0);
	assert_int_equal(index, 1);
	assert_int_equal(number__choice("--order", "las", words, &index, &why), -EINVAL);
	assert_string_equal(why.text, "--order: 'las' is not one of first, last: "
				      "did you mean 'last'?");
	assert_int_equal(why.exit_code, EXIT_USAGE);
}

static void test_nearest(void **state)
{
	static const char *const words[] = {"attach", "detach", "status", "stats",
					    "reset",  "top",    "export", "ls"};
	static const struct {
		const char *text, *word;
	} rows[] = {
		{"stat", "stats"},
		{"statsu", "status"},
		{"sttas", "stats"},
		{"atach", "attach"},
		{"exprot", "export"},
		{"tpo", "top"},
		{"Top", "top"},
		{"dettach", "detach"},
		{"resett", "reset"},
		{"x", NULL},
		{"", NULL},
		{"verify", NULL},
		{"statistics", NULL},
		{"l", NULL},
		{"sl", "ls"},
		{"topp", "top"},
		{"a word that is longer than any command", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nearest nearest = {.text = rows[i].text};
		char hint[NEAREST_HINT_BYTES], wanted[NEAREST_HINT_BYTES] = "";

		for (size_t j = 0; j < COUNT_OF(words); j++)
			nearest__offer(&nearest, words[j]);
		if (rows[i].word)
			snprintf(wanted, sizeof(wanted), ": did you mean '%s'?", rows[i].word);
		assert_string_equal(nearest__hint(&nearest, hint), wanted);
	}
}

/* The nearest word is named, not the first that is near; of equals the first. */
static void test_nearest_of_several(void **state)
{
	struct nearest nearest = {.text = "statu"}, equal = {.text = "abd"};

	(void)state;
	nearest__offer(&nearest, "stats");
	assert_string_equal(nearest.word, "stats");
	nearest__offer(&nearest, "status");
	nearest__offer(&nearest, NULL);
	assert_string_equal(nearest.word, "stats");
	nearest__offer(&nearest, "statu");
	assert_string_equal(nearest.word, "statu");
	nearest__offer(&equal, "abc");
	nearest__offer(&equal, "abe");
	assert_string_equal(equal.word, "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_u64_limits),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_nearest_of_several),
	};

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
