// SPDX-License-Identifier: GPL-2.0-only
// test_protect: when an attack on a victim begins and ends, and which victims keep an entry.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/replay/host_helpers.h"
#include "tests/policy_image.h"
#include "tests/unit_test.h"
#include "xdp/protect.bpf.h"

#define HZ 250
#define START (1ull << 32) /* jiffies; a kernel begins with nearly as many */

#define RULE 7
#define ABOVE 2000
#define BELOW 500
#define HOLD 60

struct world {
	struct policy_builder builder;
	struct verdict_counters *cpus;
	struct ruling ruling;
	struct endpoint victim;
	double owed; /* SYNs that a rate has not sent yet */
	bool attacked;
};

static struct world world;

static int setup(void **state)
{
	const struct policy_protect protect = {
		.above = ABOVE, .below = BELOW, .hold = HOLD, .rule = RULE};
	__u32 sets = 16;

	(void)state;
	world = (struct world){.victim = {.family = ENDPOINT_IPV4,
					  .address[0] = htonl(0xcb007105),
					  .port = htons(443)}};
	policy_config = (struct policy_config){.seeds = {3, 5, 7, 11, 13, 17}, .attack_sets = sets};
	for (int i = 0; i < TABLE_SEEDS; i++)
		policy_config.seeds[i] *= 0x9e3779b97f4a7c15ull;
	policy_builder__init(&world.builder, HZ);
	policy_builder__protect(&world.builder, "203.0.113.0/24", 0, &protect);
	world.cpus = calloc(4, sizeof(*world.cpus));
	attacks.array = (struct host_array){aligned_alloc(64, sets * sizeof(struct attack_set)),
					    sizeof(struct attack_set), sets};
	memset(attacks.array.values, 0, sets * sizeof(struct attack_set));
	world.ruling = (struct ruling){.image = world.builder.image, .now = START};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	peek = false;
	policy_builder__free(&world.builder);
	free(world.cpus);
	free(attacks.array.values);
	return 0;
}

static bool syn_on(int cpu)
{
	return protect__is_attacked(&world.cpus[cpu], &world.ruling, RULE, &world.victim);
}

/* Sends at a rate. Return: the first jiffy of these at whose end the victim was under attack
 * (@until), or was not any more; 0: none. */
static __u64 run(double rate_pps, double seconds, int cpus, bool until)
{
	__u64 end = world.ruling.now + seconds * HZ, found = 0;

	for (; world.ruling.now < end; world.ruling.now++) {
		world.owed += rate_pps / HZ;
		for (int n = 0; world.owed >= 1; world.owed--, n++)
			world.attacked = syn_on(n % cpus);
		if (!found && world.attacked == until)
			found = world.ruling.now;
	}
	return found;
}

static const struct attack *entry(void)
{
	const struct attack_set *sets = attacks.array.values;

	for (int i = 0; i < 16; i++)
		for (int way = 0; way < ATTACK_WAYS; way++)
			if (!memcmp(&sets[i].ways[way].victim, &world.victim, sizeof(world.victim)))
				return &sets[i].ways[way];
	return NULL;
}

/* Below `above` for as long as one likes. */
static void test_steady_is_calm(void **state)
{
	(void)state;
	assert_int_equal(run(ABOVE * 0.99, 300, 1, true), 0);
	assert_int_equal(run(ABOVE * 0.99, 300, 4, true), 0);
	assert_int_equal(run(BELOW + 100, 300, 2, true), 0);
	assert_int_equal(entry()->since, 0);
}

/* More than `above`, by one second's worth of it. */
static void test_begins(void **state)
{
	static const struct {
		int times;     /* of `above` */
		double within; /* seconds */
	} rows[] = {{2, 1}, {5, 0.25}, {50, 1.0 / 49}};
	__u64 start, began;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int cpus = 1; cpus <= 4; cpus++) {
			teardown(state);
			setup(state);
			start = world.ruling.now;
			began = run(ABOVE * rows[i].times, 3, cpus, true);
			assert_in_range(began - start, rows[i].within * HZ - 3,
					rows[i].within * HZ + 3);
			assert_in_range(entry()->since, began - 2, began);
		}
	}
}

/* `hold` seconds in a row below `below`, and no earlier. */
static void test_ends(void **state)
{
	__u64 calm, ended;

	(void)state;
	run(100000, 10, 2, true);
	assert_true(world.attacked);
	/* Above `below`: it does not end. */
	assert_int_equal(run(BELOW * 1.05, 600, 2, false), 0);
	calm = world.ruling.now;
	ended = run(BELOW * 0.9, 200, 2, false);
	assert_in_range(ended - calm, (HOLD - 3) * HZ, (HOLD + 3) * HZ);
	/* The next one is another attack. */
	assert_int_equal(run(BELOW * 0.9, 600, 2, true), 0);
	assert_int_not_equal(run(100000, 1, 2, true), 0);
	assert_true(entry()->since > ended);
}

/* A second every 15 seconds is one attack. */
static void test_pulses(void **state)
{
	__u64 since;

	(void)state;
	run(20000, 1, 2, true);
	since = entry()->since;
	for (int i = 0; i < 40; i++) {
		assert_int_equal(run(100, 14, 2, false), 0);
		assert_int_equal(run(20000, 1, 2, false), 0);
	}
	assert_int_equal(entry()->since, since);
}

/* Silence: readers find that it has ended without a SYN. */
static void test_silence(void **state)
{
	(void)state;
	run(20000, 2, 1, true);
	assert_true(attack__is_on(entry(), world.ruling.now + (HOLD - 1) * HZ));
	assert_false(attack__is_on(entry(), world.ruling.now + (HOLD + 1) * HZ));
}

/* Whatever was sent is in the entry or waits on a CPU. */
static void test_counts(void **state)
{
	__u64 syns = 0, stopped = 0, challenged = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		world.ruling.now = START + i / 333;
		if (!syn_on(i % 3))
			continue;
		protect__stopped(&world.cpus[i % 3], &world.victim, RULE, i % 2);
		stopped++;
		challenged += i % 2;
	}
	for (int cpu = 0; cpu < 3; cpu++)
		for (int i = 0; i < ATTACK_SLOTS; i++) {
			syns += world.cpus[cpu].attacks[i].syns;
			assert_in_range(world.cpus[cpu].attacks[i].syns, 0, ATTACK_PENDING_MAX);
			stopped -= world.cpus[cpu].attacks[i].stopped;
			challenged -= world.cpus[cpu].attacks[i].challenged;
		}
	assert_int_equal(entry()->syns + syns, 100000);
	assert_int_equal(entry()->stopped, stopped);
	assert_int_equal(entry()->challenged, challenged);
	assert_in_range(stopped, 90000, 100000);
	assert_int_equal(entry()->rule, RULE);
}

static void test_peek(void **state)
{
	(void)state;
	peek = true;
	for (int i = 0; i < 10000; i++)
		assert_false(syn_on(0));
	assert_null(entry());
	peek = false;
	run(20000, 2, 1, true);
	peek = true;
	world.ruling.now = START + 100 * HZ;
	assert_false(syn_on(0));
	world.ruling.now = START + 20 * HZ;
	assert_true(syn_on(0));
}

/* A rule with the same number goes on; one with another number begins anew. */
static void test_rule_of_pending(void **state)
{
	(void)state;
	run(20000, 2, 1, true);
	assert_true(world.attacked);
	world.builder.image->protects[RULE].rule = RULE + 1;
	assert_false(syn_on(0));
	world.builder.image->protects[RULE].rule = RULE;
	assert_true(syn_on(0));
}

/* A scan of victims replaces no entry under attack; when all are, the others are not followed. */
static void test_full(void **state)
{
	struct endpoint attacked = world.victim;

	(void)state;
	run(20000, 2, 1, true);
	for (int i = 0; i < 100000; i++) {
		world.victim.port = htons(i);
		world.ruling.now = START + 2 * HZ + i / 1000;
		syn_on(0);
	}
	assert_int_equal(world.cpus[0].untracked_syns, 0);
	world.victim = attacked;
	assert_true(syn_on(0));
	for (int port = 1; port <= 1000; port++) {
		world.victim.port = htons(port);
		for (int i = 0; i < 5000; i++)
			syn_on(0);
	}
	assert_int_not_equal(world.cpus[0].untracked_syns, 0);
	world.victim = attacked;
	assert_true(syn_on(0));
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_steady_is_calm), ROW(test_begins),          ROW(test_ends),
		ROW(test_pulses),         ROW(test_silence),         ROW(test_counts),
		ROW(test_peek),           ROW(test_rule_of_pending), ROW(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
