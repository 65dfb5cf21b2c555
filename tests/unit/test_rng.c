// SPDX-License-Identifier: GPL-2.0-only
// test_rng: fixed sequences, uniform and Zipf distributions, permutations.
#include <stdbool.h>
#include <stdlib.h>

#include "pktgen/frames/rng.h"
#include "tests/unit_test.h"

/* If these change, every capture written with a seed changes. */
static void test_sequence_is_fixed(void **state)
{
	static const __u64 expected[] = {0x68b02a87b58ad621, 0x5153de78d62694ca,
					 0x66c6d2b92073a542};
	struct rng rng;

	(void)state;
	rng__seed(&rng, 1, 0);
	for (size_t i = 0; i < COUNT_OF(expected); i++)
		assert_int_equal(rng__next(&rng), expected[i]);
}

static void test_seeds_and_streams_differ(void **state)
{
	struct rng a, b, c;
	int same = 0;

	(void)state;
	rng__seed(&a, 1, 0);
	rng__seed(&b, 2, 0);
	rng__seed(&c, 1, 1);
	for (int i = 0; i < 1000; i++) {
		__u64 value = rng__next(&a);

		same += value == rng__next(&b);
		same += value == rng__next(&c);
	}
	assert_int_equal(same, 0);
}

static void test_below_is_uniform(void **state)
{
	static const __u32 limits[] = {1, 2, 3, 7, 10, 1000};
	struct rng rng;

	(void)state;
	rng__seed(&rng, 3, 0);
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		__u32 limit = limits[i], expected = 100000 / limit;
		__u32 *seen = calloc(limit, sizeof(*seen));

		for (int draw = 0; draw < 100000; draw++) {
			__u32 value = rng__below(&rng, limit);

			assert_true(value < limit);
			seen[value]++;
		}
		for (__u32 v = 0; v < limit; v++)
			assert_in_range(seen[v], expected / 2, expected + expected / 2);
		free(seen);
	}
	for (int draw = 0; draw < 100; draw++)
		assert_true(rng__below(&rng, ~0u) < ~0u);
}

/* The probability of rank i is 1/i over the sum of all: rank 1 twice as often as rank 2. */
static void test_zipf(void **state)
{
	enum { N = 1000, DRAWS = 1000000 };
	static __u32 seen[N + 1];
	double sum = 0;
	struct rng rng;

	(void)state;
	for (int i = 1; i <= N; i++)
		sum += 1.0 / i;
	rng__seed(&rng, 4, 0);
	for (int i = 0; i < DRAWS; i++) {
		__u32 rank = rng__zipf(&rng, N);

		assert_in_range(rank, 1, N);
		seen[rank]++;
	}
	for (int i = 1; i <= 64; i++) {
		double expected = DRAWS / (i * sum);

		assert_in_range(seen[i], expected * 0.9, expected * 1.1);
	}
	assert_int_equal(rng__zipf(&rng, 1), 1);
	assert_in_range(rng__zipf(&rng, ~0u), 1, ~0u);
}

static void test_permutation_is_a_bijection(void **state)
{
	static const __u32 sizes[] = {1, 2, 3, 4, 5, 17, 1000, 65536, 65537, 200000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct permutation permutation;
		bool *seen = calloc(sizes[i], sizeof(*seen));

		permutation__init(&permutation, sizes[i], i);
		for (__u32 index = 0; index < sizes[i]; index++) {
			__u64 number = permutation__at(&permutation, index);

			assert_true(number < sizes[i]);
			assert_false(seen[number]);
			seen[number] = true;
		}
		free(seen);
	}
}

/* Each part of the permuted range contains its share of a contiguous block. */
static void test_permutation_spreads(void **state)
{
	enum { SIZE = 100000, MARKED = 10000, PARTS = 10 };
	struct permutation permutation;
	__u32 found[PARTS] = {};

	(void)state;
	permutation__init(&permutation, SIZE, 9);
	for (__u32 index = 0; index < SIZE; index++)
		found[index / (SIZE / PARTS)] += permutation__at(&permutation, index) < MARKED;
	for (int part = 0; part < PARTS; part++)
		assert_in_range(found[part], MARKED / PARTS * 8 / 10, MARKED / PARTS * 12 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence_is_fixed),
		cmocka_unit_test(test_seeds_and_streams_differ),
		cmocka_unit_test(test_below_is_uniform),
		cmocka_unit_test(test_zipf),
		cmocka_unit_test(test_permutation_is_a_bijection),
		cmocka_unit_test(test_permutation_spreads),
	};

	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
