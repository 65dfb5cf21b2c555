// SPDX-License-Identifier: GPL-2.0-only
// test_policy_maps: a policy's slots: put, confirm, clear, the deadline, and what readers see.
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "tests/need_loaded.h"
#include "tests/unit_test.h"

#define MAX_PREFIXES 1000 /* a policy of few chunks */

struct fixture {
	struct policy_maps *maps;
	struct policy_chunk *chunks;
	__u32 chunk_count;
	struct errmsg why; /* set if they could not be made */
};

static struct fixture fixture;

static int setup(void **state)
{
	(void)state;
	libbpf_log__start(false);
	fixture = (struct fixture){.chunk_count = policy_chunks(MAX_PREFIXES)};
	fixture.chunks = calloc(fixture.chunk_count, sizeof(*fixture.chunks));
	assert_non_null(fixture.chunks);
	policy_maps__create(MAX_PREFIXES, &fixture.maps, &fixture.why);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	policy_maps__close(fixture.maps);
	free(fixture.chunks);
	return 0;
}

static void need_maps(void)
{
	need_loaded(fixture.maps ? "" : fixture.why.text);
}

static void expect_ok(int err, const struct errmsg *why)
{
	if (err < 0)
		fail_msg("%d: %s", err, why->text);
}

static void put(enum policy_slot slot, __u64 generation, __u64 deadline)
{
	struct policy_image *image = (struct policy_image *)fixture.chunks;
	struct errmsg why = {};

	image->header.generation = generation;
	image->header.digest[0] = generation;
	expect_ok(policy_maps__put(fixture.maps, slot, fixture.chunks, fixture.chunk_count,
				   deadline, &why),
		  &why);
}

/* Return: 0 if the slot is empty. */
static __u64 generation_in(enum policy_slot slot, __u64 *ret_deadline)
{
	struct policy_header header = {};
	struct errmsg why = {};
	int found = policy_maps__header(fixture.maps, slot, &header, &why);

	expect_ok(found, &why);
	*ret_deadline = header.deadline;
	return header.generation;
}

static void expect(__u64 candidate, __u64 confirmed)
{
	struct policy_state state;
	struct errmsg why = {};
	__u64 deadline;

	assert_int_equal(generation_in(POLICY_CANDIDATE, &deadline), candidate);
	assert_int_equal(generation_in(POLICY_CONFIRMED, &deadline), confirmed);
	assert_int_equal(deadline, 0);
	expect_ok(policy_maps__state(fixture.maps, &state, &why), &why);
	assert_int_equal(state.slots[POLICY_CANDIDATE].generation, candidate);
	assert_int_equal(state.slots[POLICY_CANDIDATE].is_set, candidate != 0);
	assert_int_equal(state.slots[POLICY_CANDIDATE].digest[0], candidate);
	assert_int_equal(state.slots[POLICY_CONFIRMED].generation, confirmed);
	assert_int_equal(state.slots[POLICY_CONFIRMED].is_set, confirmed != 0);
	assert_int_equal(state.slots[POLICY_CONFIRMED].deadline, 0);
}

/* Return: as policy_maps__keep_trial(). */
static int confirm(struct errmsg *why)
{
	struct policy_trial trial;
	int err = policy_maps__keep_trial(fixture.maps, &trial, why);

	if (err)
		return err;
	expect_ok(policy_maps__confirm(fixture.maps, &trial, why), why);
	policy_trial__close(&trial);
	return 0;
}

static void test_slots(void **state)
{
	struct errmsg why = {};

	(void)state;
	need_maps();
	expect(0, 0);
	assert_int_equal(confirm(&why), -ENOENT);
	put(POLICY_CONFIRMED, 1, 0);
	expect(0, 1);
	put(POLICY_CANDIDATE, 2, ~0ull);
	expect(2, 1);
	expect_ok(confirm(&why), &why);
	expect(0, 2);
	put(POLICY_CANDIDATE, 3, 0);
	expect_ok(policy_maps__clear(fixture.maps, POLICY_CANDIDATE, &why), &why);
	expect_ok(policy_maps__clear(fixture.maps, POLICY_CANDIDATE, &why), &why);
	expect(0, 2);
}

/* A confirmation that is undone: the candidate is on trial as before. */
static void test_resumed_trial(void **state)
{
	struct policy_trial trial;
	struct errmsg why = {};
	__u64 deadline;

	(void)state;
	need_maps();
	for (int confirmed = 0; confirmed < 2; confirmed++) {
		if (confirmed)
			put(POLICY_CONFIRMED, 1, 0);
		put(POLICY_CANDIDATE, 2, ~0ull);
		expect_ok(policy_maps__keep_trial(fixture.maps, &trial, &why), &why);
		expect_ok(policy_maps__confirm(fixture.maps, &trial, &why), &why);
		expect(0, 2);
		policy_maps__resume_trial(fixture.maps, &trial);
		policy_trial__close(&trial);
		expect(2, confirmed);
		assert_int_equal(generation_in(POLICY_CANDIDATE, &deadline), 2);
		assert_true(deadline == ~0ull);
	}
}

static void test_deadline(void **state)
{
	struct policy_state seen;
	struct errmsg why = {};
	__u64 deadline;

	(void)state;
	need_maps();
	put(POLICY_CONFIRMED, 1, 0);
	put(POLICY_CANDIDATE, 2, 1); /* over since the machine was started */
	assert_int_equal(confirm(&why), -ETIME);
	assert_non_null(strstr(why.text, "apply it again"));
	assert_int_equal(generation_in(POLICY_CANDIDATE, &deadline), 2);
	assert_int_equal(deadline, 1);
	assert_int_equal(generation_in(POLICY_CONFIRMED, &deadline), 1);
	expect_ok(policy_maps__state(fixture.maps, &seen, &why), &why);
	assert_int_equal(policy_state__ruling(&seen, 0), POLICY_CANDIDATE);
	assert_int_equal(policy_state__ruling(&seen, 1), POLICY_CONFIRMED);
	expect_ok(policy_maps__clear(fixture.maps, POLICY_CONFIRMED, &why), &why);
	expect_ok(policy_maps__state(fixture.maps, &seen, &why), &why);
	assert_int_equal(policy_state__ruling(&seen, 1), POLICY_SLOTS);
}

static void test_too_large(void **state)
{
	struct errmsg why = {};

	(void)state;
	need_maps();
	put(POLICY_CONFIRMED, 1, 0);
	assert_int_equal(policy_maps__put(fixture.maps, POLICY_CONFIRMED, fixture.chunks,
					  fixture.chunk_count + 1, 0, &why),
			 -E2BIG);
	expect(0, 1);
}

/* Readers learn from the state which rules are enforced, and their names from a map of their own.
 */
static void test_rules(void **state)
{
	struct policy_image *image = (struct policy_image *)fixture.chunks;
	struct policy_names names = {.id = "edge", .rules[7] = "web"}, read;
	struct policy_state seen;
	struct errmsg why = {};

	(void)state;
	need_maps();
	image->decisions[3].management_rule = 1;
	image->decisions[3].rules[LISTED_DENY_SHADOW] = 3;
	image->decisions[POLICY_DECISIONS - 1].rules[LISTED_DENY] = 4;
	image->protects[0] = (struct policy_protect){.rule = 7, .shadow = 1};
	image->header.limit = (struct policy_limit){.rule = 255};
	put(POLICY_CONFIRMED, 1, 0);
	expect_ok(policy_maps__set_names(fixture.maps, &names, &why), &why);
	expect_ok(policy_maps__state(fixture.maps, &seen, &why), &why);
	for (int i = 0; i < POLICY_RULES; i++) {
		enum rule_mode expected = i == 3 || i == 7               ? RULE_SHADOW
					  : i == 1 || i == 4 || i == 255 ? RULE_ENFORCED
									 : RULE_ABSENT;

		assert_int_equal(seen.slots[POLICY_CONFIRMED].modes[i], expected);
		assert_int_equal(seen.slots[POLICY_CANDIDATE].modes[i], RULE_ABSENT);
	}
	expect_ok(policy_maps__names(fixture.maps, &read, &why), &why);
	assert_memory_equal(&read, &names, sizeof(names));
}

/* Both readings lie between those of the clocks around them. */
static void test_clock(void **state)
{
	__u64 before_ns = clock__now_ns(), after_ns, now;
	struct policy_clock clock;
	struct errmsg why = {};

	(void)state;
	need_maps();
	expect_ok(policy_clock__read(&clock, &why), &why);
	after_ns = clock__now_ns();
	assert_in_range(clock.ktime_ns, before_ns, after_ns);
	assert_in_range(clock.hz, 24, 1200);
	assert_int_equal(policy_clock__jiffies(&clock, clock.ktime_ns + NS_PER_S),
			 clock.jiffies + clock.hz);
	assert_int_equal(policy_clock__jiffies(&clock, clock.ktime_ns - NS_PER_S),
			 clock.jiffies - clock.hz);
	assert_int_equal(policy_clock__ns(&clock, clock.jiffies + 10 * clock.hz),
			 clock.ktime_ns + 10 * NS_PER_S);
	assert_int_equal(policy_clock__ns(&clock, clock.jiffies - clock.hz),
			 clock.ktime_ns - NS_PER_S);
	now = policy_clock__now(&clock);
	assert_in_range(now, clock.jiffies, clock.jiffies + 60 * clock.hz);
}

/* A second reading, 50 jiffies later, is where the first one says that it is. */
static void test_hz(void **state)
{
	struct policy_clock first, second;
	struct errmsg why = {};
	__u64 expected;

	(void)state;
	need_maps();
	expect_ok(policy_clock__read(&first, &why), &why);
	do {
		expect_ok(policy_clock__read(&second, &why), &why);
	} while (second.jiffies < first.jiffies + 50);
	expected = policy_clock__jiffies(&first, second.ktime_ns);
	assert_in_range(second.jiffies, expected - 2, expected + 2);
}

/* A device cannot decide by a policy. */
static void test_offload(void **state)
{
	const struct dataplane_config config = {.kind = DATAPLANE_DEVICE, .policy = fixture.maps};
	struct dataplane *dataplane;
	struct errmsg why = {};

	(void)state;
	need_maps();
	assert_int_equal(dataplane__load(&config, &dataplane, &why), -EOPNOTSUPP);
	assert_non_null(strstr(why.text, "native or generic"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_resumed_trial, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_offload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hz, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
