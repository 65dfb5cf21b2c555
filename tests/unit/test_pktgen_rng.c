// SPDX-License-Identifier: GPL-2.0-only
// test_pktgen_rng: the generator's random numbers, shuffles, rates, and small programs.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pktgen/frames/rng.h"
#include "pktgen/send/insn.h"
#include "pktgen/send/pacer.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* If these change, every capture that was ever written with a seed changes. */
static void test_sequence_is_fixed(void **state)
{
	static const __u64 expected[] = {0x68b02a87b58ad621, 0x5153de78d62694ca,
					 0x66c6d2b92073a542};
	struct rng rng;

	(void)state;
	rng__seed(&rng, 1, 0);
	for (size_t i = 0; i < N_OF(expected); i++)
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

static void test_below_is_even(void **state)
{
	static const __u32 limits[] = {1, 2, 3, 7, 10, 1000};
	struct rng rng;

	(void)state;
	rng__seed(&rng, 3, 0);
	for (size_t i = 0; i < N_OF(limits); i++) {
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

static void test_permutation_is_one_to_one(void **state)
{
	static const __u32 sizes[] = {1, 2, 3, 4, 5, 17, 1000, 65536, 65537, 200000};

	(void)state;
	for (size_t i = 0; i < N_OF(sizes); i++) {
		struct permutation permutation;
		bool *seen = calloc(sizes[i], sizeof(*seen));

		permutation__init(&permutation, sizes[i], i);
		for (__u32 index = 0; index < sizes[i]; index++) {
			__u64 place = permutation__at(&permutation, index);

			assert_true(place < sizes[i]);
			assert_false(seen[place]);
			seen[place] = true;
		}
		free(seen);
	}
}

/* Every part of a shuffled row holds its share of what stood together. */
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

static void test_pacer_keeps_the_rate(void **state)
{
	static const __u64 rates[] = {1, 999, 50000, 1000000, 14880952};
	enum { STEP_NS = 37003 };

	(void)state;
	for (size_t i = 0; i < N_OF(rates); i++) {
		struct pacer pacer;
		__u64 sent = 0, now_ns = 12345;

		pacer__start(&pacer, rates[i], now_ns);
		for (int step = 0; step < 300000; step++) {
			__u64 allowed = pacer__allowance(&pacer, now_ns += STEP_NS);

			pacer__spend(&pacer, allowed);
			sent += allowed;
		}
		assert_in_range(sent, (now_ns - 12345) / 1e9 * rates[i] - 1,
				(now_ns - 12345) / 1e9 * rates[i]);
	}
}

/* A pause is caught up for a fiftieth of a second at most. */
static void test_pacer_does_not_save_up(void **state)
{
	struct pacer pacer;

	(void)state;
	pacer__start(&pacer, 1000, 0);
	assert_int_equal(pacer__allowance(&pacer, 0), 0);
	assert_in_range(pacer__wait_ns(&pacer), 1, 1000001);
	assert_int_equal(pacer__allowance(&pacer, 3600000000000ull), 20);
	assert_int_equal(pacer__wait_ns(&pacer), 0);
	pacer__start(&pacer, 0, 0);
	assert_true(pacer__allowance(&pacer, 1) == ~0ull);
	pacer__spend(&pacer, 1000);
	assert_int_equal(pacer__wait_ns(&pacer), 0);
}

static void test_insn_link(void **state)
{
	enum { BACK, OUT };
	struct bpf_insn program[] = {
		INSN_MOV_IMM(0, 1),
		INSN_LABEL(BACK),
		INSN_JUMP_IMM(BPF_JEQ, 0, 0, OUT),
		INSN_CALL(5),
		INSN_JUMP_REG(BPF_JNE, 0, 1, BACK),
		INSN_LABEL(OUT),
		INSN_EXIT(),
	};

	(void)state;
	assert_int_equal(insn__link(program, N_OF(program)), 5);
	assert_int_equal(program[1].off, 2);
	assert_int_equal(program[2].imm, 5);
	assert_int_equal(program[2].off, 0);
	assert_int_equal(program[3].off, -3);
	assert_int_equal(program[4].code, BPF_JMP | BPF_EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence_is_fixed),
		cmocka_unit_test(test_seeds_and_streams_differ),
		cmocka_unit_test(test_below_is_even),
		cmocka_unit_test(test_zipf),
		cmocka_unit_test(test_permutation_is_one_to_one),
		cmocka_unit_test(test_permutation_spreads),
		cmocka_unit_test(test_pacer_keeps_the_rate),
		cmocka_unit_test(test_pacer_does_not_save_up),
		cmocka_unit_test(test_insn_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
