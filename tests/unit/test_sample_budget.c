// SPDX-License-Identifier: GPL-2.0-only
// test_sample_budget: what each gate gets of a budget, by hand and for random demands.
#include <stdlib.h>

#include "common/events/sample_budget.h"
#include "tests/unit_test.h"

enum { DROP, TX, PASS };

static __u32 sum_of(const struct sample_demand *gates, __u32 count)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < count; i++)
		sum += gates[i].samples;
	return sum;
}

static void test_shares(void **state)
{
	struct sample_demand gates[] = {
		{.frames = 1000000, .rank = PASS},
		{.frames = 0, .rank = PASS},
		{.frames = 5, .rank = DROP},
		{.frames = 70000, .rank = DROP},
	};

	(void)state;
	sample_budget__spread(gates, 4, 50);
	assert_int_equal(gates[1].samples, 0);
	assert_int_equal(gates[2].samples, 5); /* all that there were */
	assert_in_range(gates[0].samples, 22, 23);
	assert_in_range(gates[3].samples, 22, 23);
	assert_int_equal(sum_of(gates, 4), 50);
}

static void test_drops_first(void **state)
{
	struct sample_demand gates[] = {
		{.frames = 1000, .rank = PASS},
		{.frames = 1000, .rank = DROP},
		{.frames = 1, .rank = TX},
	};

	(void)state;
	sample_budget__spread(gates, 3, 3);
	assert_int_equal(gates[1].samples, 2);
	assert_int_equal(gates[2].samples, 1);
	assert_int_equal(gates[0].samples, 0);
	sample_budget__spread(gates, 3, 0);
	assert_int_equal(sum_of(gates, 3), 0);
	/* Even one frame: the grant waits for the next ones. */
	sample_budget__spread(gates, 3, 100);
	assert_int_equal(gates[2].samples, 2);
	assert_int_equal(sum_of(gates, 3), 100);
}

static void test_random(void **state)
{
	struct sample_demand gates[20];

	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		__u32 samples = random() % 200, wanted = 0;

		for (int i = 0; i < 20; i++) {
			gates[i] = (struct sample_demand){
				.frames = random() % 4 ? random() % 30 : 0, .rank = random() % 3};
			wanted += gates[i].frames == 1 ? 2 : gates[i].frames;
		}
		sample_budget__spread(gates, 20, samples);
		assert_int_equal(sum_of(gates, 20), samples < wanted ? samples : wanted);
		for (int i = 0; i < 20; i++)
			assert_true(gates[i].frames ? gates[i].samples <= gates[i].frames + 1
						    : !gates[i].samples);
	}
}

static void test_parts(void **state)
{
	static const __u64 weights[] = {3, 0, 1, 1000000007, 5};
	__u64 before = 0, sum = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		sum += sample_budget__share(49, before, weights[i], 1000000016);
		before += weights[i];
	}
	assert_int_equal(sum, 49);
	assert_int_equal(sample_budget__share(49, 0, 0, 7), 0);
	assert_int_equal(sample_budget__share(49, 0, 7, 7), 49);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_drops_first),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
