// SPDX-License-Identifier: GPL-2.0-only
// test_possible_cpus: lists of CPUs, with gaps, and texts that are none.
#include "common/dataplane/possible_cpus.h"
#include "tests/unit_test.h"

static void test_lists(void **state)
{
	static const struct {
		const char *text;
		__u32 count, rows;
	} lists[] = {
		{"0", 1, 1},       {"0\n", 1, 1}, {"0-3\n", 4, 4},           {"0-1,8-9", 4, 10},
		{"0,2,4\n", 3, 5}, {"2-3", 2, 4}, {"0-65535", 65536, 65536},
	};
	struct possible_cpus cpus;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		assert_int_equal(possible_cpus__parse(lists[i].text, &cpus), 0);
		assert_int_equal(cpus.count, lists[i].count);
		assert_int_equal(cpus.rows, lists[i].rows);
	}
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"",    "\n",    "-1",   "0-",  "3-1",     "0,0",  "1,0",
					    "0 1", "0-1-2", "0,,1", "0x1", "0-65536", "0\n1", " 0"};
	struct possible_cpus cpus;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (!possible_cpus__parse(texts[i], &cpus))
			fail_msg("accepted '%s'", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("possible_cpus", tests, NULL, NULL);
}
