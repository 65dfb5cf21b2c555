// SPDX-License-Identifier: GPL-2.0-only
// test_limit: limits of sources against exact clocks, one for each source; verified sources.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/replay/host_helpers.h"
#include "pktgen/frames/rng.h"
#include "tests/unit_test.h"
#include "xdp/limit.bpf.h"
#include "xdp/verified.bpf.h"

#define HZ 250
#define START (1ull << 32) /* jiffies; a kernel begins with nearly as many */

static int setup(void **state)
{
	(void)state;
	policy_config = (struct policy_config){.seeds = {3, 5, 7, 11, 13, 17},
					       .limit_lines = POLICY_DEFAULT_LIMIT_LINES,
					       .verified_lines = POLICY_DEFAULT_VERIFIED_LINES};
	for (int i = 0; i < TABLE_SEEDS; i++)
		policy_config.seeds[i] *= 0x9e3779b97f4a7c15ull;
	limits.array =
		(struct host_array){calloc(POLICY_DEFAULT_LIMIT_LINES, sizeof(struct policy_line)),
				    sizeof(struct policy_line), POLICY_DEFAULT_LIMIT_LINES};
	verified.array = (struct host_array){
		calloc(POLICY_DEFAULT_VERIFIED_LINES, sizeof(struct policy_line)),
		sizeof(struct policy_line), POLICY_DEFAULT_VERIFIED_LINES};
	return limits.array.values && verified.array.values ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	peek = false;
	free(limits.array.values);
	free(verified.array.values);
	return 0;
}

static struct policy_limit limit_of(__u32 rate_pps, __u32 burst)
{
	__u32 period = HZ * 256 / rate_pps;

	return (struct policy_limit){.period = period, .tolerance = burst * period, .rule = 1};
}

static struct endpoint source_of(__u32 number)
{
	return (struct endpoint){.address[0] = htonl(number), .family = ENDPOINT_IPV4};
}

/* A limit without wrapping or eviction. */
static bool exact__takes(__u64 *empty_at, const struct policy_limit *limit, __u64 now)
{
	__u64 time = now << 8, level = *empty_at > time ? *empty_at - time : 0;

	if (level > limit->tolerance)
		return false;
	*empty_at = time + level + limit->period;
	return true;
}

/* The burst and one, then one a period. */
static void test_burst(void **state)
{
	const struct policy_limit limit = limit_of(25, 10); /* a period is 10 jiffies */
	const struct endpoint source = source_of(1);
	int taken = 0;

	(void)state;
	for (int i = 0; i < 30; i++)
		taken += limit__takes(&source, &limit, START);
	assert_int_equal(taken, 11);
	assert_false(limit__takes(&source, &limit, START + 9));
	assert_true(limit__takes(&source, &limit, START + 10));
	assert_false(limit__takes(&source, &limit, START + 10));
	assert_true(limit__takes(&source, &limit, START + 20));
	/* After a pause the burst is there again. */
	taken = 0;
	for (int i = 0; i < 30; i++)
		taken += limit__takes(&source, &limit, START + 1000);
	assert_int_equal(taken, 11);
}

/* A clock that is ahead by more than any SYN makes it is old: 2^24 jiffies wrap it. */
static void test_wrapped(void **state)
{
	const struct policy_limit limit = limit_of(25, 10);
	const struct endpoint source = source_of(1);

	(void)state;
	for (__u64 now = START; now < START + (1ull << 25); now += (1 << 16) + 77)
		for (int i = 0; i < 12; i++)
			assert_int_equal(limit__takes(&source, &limit, now), i < 11);
}

static void test_changed_limit(void **state)
{
	const struct policy_limit strict = limit_of(1, 1), lax = limit_of(100, 1000);
	const struct endpoint source = source_of(1);

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(limit__takes(&source, &lax, START));
	assert_true(limit__takes(&source, &strict, START) ==
		    (100 * lax.period <= strict.tolerance ||
		     100 * lax.period > strict.tolerance + 2 * strict.period));
	assert_true(limit__takes(&source, &lax, START));
}

static void test_peek(void **state)
{
	const struct policy_limit limit = limit_of(25, 2);
	const struct endpoint source = source_of(1);

	(void)state;
	peek = true;
	for (int i = 0; i < 10; i++)
		assert_true(limit__takes(&source, &limit, START));
	peek = false;
	for (int i = 0; i < 3; i++)
		assert_true(limit__takes(&source, &limit, START));
	peek = true;
	assert_false(limit__takes(&source, &limit, START));
	assert_true(limit__takes(&source, &limit, START + 10));
}

/* One host owns a /64; an IPv4 address is another source than the same bits in IPv6. */
static void test_keys(void **state)
{
	const struct policy_limit limit = limit_of(1, 0);
	struct endpoint source = {.family = ENDPOINT_IPV6, .address = {htonl(0x20010db8), 1, 2, 3}};

	(void)state;
	assert_true(limit__takes(&source, &limit, START));
	source.address[2] = source.address[3] = 77;
	assert_false(limit__takes(&source, &limit, START));
	source.address[1] = 2;
	assert_true(limit__takes(&source, &limit, START));
	source = (struct endpoint){.family = ENDPOINT_IPV6, .address = {htonl(9)}};
	assert_true(limit__takes(&source, &limit, START));
	source.family = ENDPOINT_IPV4;
	assert_true(limit__takes(&source, &limit, START));
	source.port = 7; /* not a part of a source */
	assert_false(limit__takes(&source, &limit, START));
}

/* While they fit, sources are judged exactly. */
static void test_exact(void **state)
{
	enum { SOURCES = 20000, SYNS = 1000000 };
	const struct policy_limit limit = limit_of(20, 60);
	__u64 *exact = calloc(SOURCES, sizeof(*exact));
	struct rng rng;
	int dropped = 0;

	(void)state;
	assert_non_null(exact);
	rng__seed(&rng, 1, 0);
	for (int i = 0; i < SYNS; i++) {
		__u64 now = START + i / 400; /* 100,000 a second */
		__u32 number = rng__below(&rng, rng__below(&rng, SOURCES) + 1);
		const struct endpoint source = source_of(number);
		bool taken = limit__takes(&source, &limit, now);

		if (taken != exact__takes(&exact[number], &limit, now))
			fail_msg("SYN %d of source %u: %d", i, number, taken);
		dropped += !taken;
	}
	assert_in_range(dropped, 1000, SYNS / 2);
	free(exact);
}

/* 4 million spoofed SYNs a second: no innocent source loses one, and bots lose what they would with
 * a clock for each source. */
static void test_flood(void **state)
{
	enum { SECONDS = 2, FLOOD_PPJ = 4000000 / HZ, BOTS = 250, INNOCENTS = 20000, BURST = 6 };
	const struct policy_limit limit = limit_of(10, 20);
	__u64 exact[BOTS] = {};
	int bots_dropped = 0, exact_dropped = 0, innocents_dropped = 0, innocent_syns = 0;
	struct rng rng;

	(void)state;
	rng__seed(&rng, 2, 0);
	for (__u64 now = START; now < START + SECONDS * HZ; now++) {
		for (int i = 0; i < FLOOD_PPJ; i++) {
			const struct endpoint source = source_of(0x80000000 | rng__next(&rng));

			limit__takes(&source, &limit, now);
		}
		for (int bot = 0; bot < BOTS; bot++) {
			const struct endpoint source = source_of(bot);

			/* 20 to 219 a second */
			if (rng__below(&rng, HZ) >= (__u32)(20 + bot * 200 / BOTS))
				continue;
			bots_dropped += !limit__takes(&source, &limit, now);
			exact_dropped += !exact__takes(&exact[bot], &limit, now);
		}
		for (int i = 0; i < BURST * INNOCENTS / (SECONDS * HZ); i++, innocent_syns++) {
			const struct endpoint source =
				source_of(1000 + innocent_syns / BURST % INNOCENTS);

			innocents_dropped += !limit__takes(&source, &limit, now);
		}
	}
	print_message("# bots: %d SYNs dropped, exactly %d\n", bots_dropped, exact_dropped);
	assert_int_equal(innocents_dropped, 0);
	assert_in_range(bots_dropped, exact_dropped * 0.995, exact_dropped);
}

#define TRUST 64000 /* jiffies, a multiple of the unit */
#define UNIT (1 << POLICY_TRUST_BITS)

/* Use in the second half of the time renews it. */
static void test_verified(void **state)
{
	const struct endpoint source = source_of(1), other = source_of(2);

	(void)state;
	assert_false(verified__has(&source, START, TRUST));
	assert_true(verified__add(&source, START, TRUST));
	assert_true(verified__has(&source, START, TRUST));
	assert_true(verified__has(&source, START + TRUST / 2, TRUST));
	assert_false(verified__has(&source, START + TRUST, TRUST));
	assert_false(verified__has(&other, START, TRUST));
	peek = true;
	assert_true(verified__has(&source, START + TRUST - UNIT, TRUST));
	assert_false(verified__add(&other, START, TRUST));
	assert_false(verified__has(&source, START + TRUST, TRUST));
	peek = false;
	assert_false(verified__has(&other, START, TRUST));
	assert_true(verified__has(&source, START + TRUST / 2 + UNIT, TRUST));
	assert_true(verified__has(&source, START + TRUST, TRUST));
	assert_false(verified__has(&source, START + TRUST + TRUST / 2 + UNIT, TRUST));
}

/* Proving it again counts as new only once it had ended. */
static void test_verified_again(void **state)
{
	const struct endpoint source = source_of(1);

	(void)state;
	assert_true(verified__add(&source, START, TRUST));
	assert_false(verified__add(&source, START + UNIT, TRUST));
	assert_true(verified__has(&source, START + TRUST, TRUST));
	assert_true(verified__add(&source, START + 3 * TRUST, TRUST));
}

/* A full line loses the source that ends first; ends that are over are the first to go, also
 * where the clock's 32 bits have wrapped in between. */
static void test_verified_full(void **state)
{
	const __u64 wrap = 1ull << (32 + POLICY_TRUST_BITS);
	struct endpoint sources[POLICY_LINE_WAYS + 1];
	__u32 lines = policy_config.verified_lines;

	(void)state;
	policy_config.verified_lines = 1;
	for (int i = 0; i <= POLICY_LINE_WAYS; i++) {
		sources[i] = source_of(i + 1);
		assert_true(verified__add(&sources[i], wrap - UNIT, TRUST + i * UNIT));
	}
	assert_false(verified__has(&sources[0], wrap, TRUST));
	for (int i = 1; i <= POLICY_LINE_WAYS; i++)
		assert_true(verified__has(&sources[i], wrap + TRUST / 4, TRUST));
	assert_true(verified__add(&sources[0], wrap + TRUST, TRUST));
	assert_false(verified__has(&sources[1], wrap + TRUST, TRUST));
	assert_true(verified__has(&sources[2], wrap + TRUST, 0));
	policy_config.verified_lines = lines;
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_burst),         ROW(test_wrapped),  ROW(test_changed_limit),
		ROW(test_peek),          ROW(test_keys),     ROW(test_exact),
		ROW(test_flood),         ROW(test_verified), ROW(test_verified_again),
		ROW(test_verified_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
