// SPDX-License-Identifier: GPL-2.0-only
// test_table: the table on the host against exact counts: millions of SYNs on several CPUs, with
// tables so small that entries are replaced, spilled and evicted.
#include <stdbool.h>
#include <stdlib.h>

#include "common/address/endpoint.h"
#include "common/counts/heaviest.h"
#include "common/counts/interval.h"
#include "common/counts/tally.h"
#include "common/replay/host_helpers.h"
#include "tests/table_world.h"
#include "tests/unit_test.h"
#include "xdp/table.bpf.h"

#define CPUS 2
#define MAX_SOURCES (1 << 17)

/* Half of the SYNs from few sources, half from many: hits, replacements and spills. */
static void flood(struct world *world, __u32 syns, __u32 sources)
{
	for (__u32 i = 0; i < syns; i++) {
		__u64 random = world__random(world);
		__u32 of = random & 1 ? sources : 1 + sources / 64;

		world__count(world, (random >> 1) % CPUS, (random >> 8) % of);
	}
}

static void test_exact_while_they_fit(void **state)
{
	static const __u32 sources[] = {1, 7, 100, 5000, 10000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct world *world = world__new(CPUS, 16, 10000, 77 + i);

		for (int round = 0; round < 4; round++) {
			flood(world, 250000, sources[i]);
			assert_true(world__check(world, &world->history));
		}
		world__free(world);
	}
}

static void test_bounds_beyond(void **state)
{
	static const struct {
		__u32 sets, max, sources;
	} rows[] = {
		{16, 100, 5000},    {16, 4000, 5000}, {1, 1, 50},
		{256, 1000, 60000}, {64, 64, 100000}, {512, 20000, MAX_SOURCES},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *world = world__new(CPUS, rows[i].sets, rows[i].max, 1234 + i);

		for (int round = 0; round < 4; round++) {
			flood(world, 250000, rows[i].sources);
			world__check(world, &world->history);
		}
		assert_false(world__check(world, &world->history));
		world__free(world);
	}
}

/* Sources far above the others are proven to be among the heaviest. */
static void assert_heaviest_are_certain(struct world *world)
{
	const struct tally_memory memory = world__memory(world);
	struct tally heaviest;

	assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
	for (size_t i = 0; i < 100; i++)
		assert_true(heaviest.rows[i].at_least > heaviest.rest_total);
	assert_true(heaviest.rest_total > 0);
	assert_int_equal(heaviest.rest_delta, 0); /* no SYNs since the last copy */
	tally__free(&heaviest);
}

static struct snapshot snapshot_of(struct world *world, bool heaviest)
{
	const struct tally_memory memory = world__memory(world);
	struct snapshot snapshot = {.packets = world->syns, .syns = world->syns};

	snapshot.classes[CLASS_SYN] = world->syns;
	if (heaviest)
		assert_int_equal(
			heaviest__list(&world->history, &memory, &snapshot.tallies[TABLE_SOURCES]),
			0);
	else
		snapshot.tallies[TABLE_SOURCES] = world__read(world);
	snapshot.exact = !snapshot.tallies[TABLE_SOURCES].unlisted_at_most;
	return snapshot;
}

/* The top sources of an interval are the same by copies as by full reads. */
static void test_interval_of_heaviest(void **state)
{
	static const struct source_view view = {.order = ORDER_BY_RATE};
	struct world *world = world__new(CPUS, 512, 1000, 4711);
	struct snapshot before[2], after[2];
	struct interval interval[2] = {};
	struct interval_table *all = &interval[0].tables[TABLE_SOURCES];
	struct interval_table *heaviest = &interval[1].tables[TABLE_SOURCES];
	size_t proven = 0;

	(void)state;
	flood(world, 300000, 60000);
	for (int i = 0; i < 2; i++)
		before[i] = snapshot_of(world, i);
	for (__u32 i = 0; i < 100000; i++)
		world__count(world, i % CPUS,
			     i % 4 ? world__random(world) % 60000 : i / 4 % 50 * 1000);
	for (int i = 0; i < 2; i++) {
		after[i] = snapshot_of(world, i);
		assert_int_equal(interval__add(&interval[i], &before[i], &after[i], &view), 0);
		interval__sort(&interval[i].tables[TABLE_SOURCES], view.order);
	}
	assert_int_equal(interval[1].syns, 100000);
	/* Sources with equal deltas may be in any order. */
	for (; heaviest->rows[proven].delta > heaviest->rest_delta; proven++) {
		assert_int_equal(heaviest->rows[proven].delta, all->rows[proven].delta);
		assert_same_row(&heaviest->rows[proven].total, &all->rows[proven].total);
	}
	assert_true(proven >= 50);
	assert_true(interval__is_proven(all, &all->rows[all->count - 1], view.order));
	for (int i = 0; i < 2; i++) {
		snapshot__free(&before[i]);
		snapshot__free(&after[i]);
		interval__free(&interval[i]);
	}
	world__free(world);
}

/* Heavy sources first, last or mixed: all are found, and no light source is overstated. */
static void test_heavy_ones_are_found(void **state)
{
	(void)state;
	for (int order = 0; order < 3; order++) {
		struct world *world = world__new(CPUS, 1024, 1000, 99 + order);
		struct tally tally;
		int found = 0;

		for (__u32 i = 0; i < 300000; i++) {
			bool heavy = order == 0 ? i < 50000 : order == 1 ? i >= 250000 : i % 6 == 0;

			if (heavy)
				world__count(world, i % CPUS, i / 6 % 100);
			else
				world__count(world, i % CPUS, 1000 + world__random(world) % 120000);
		}
		world__check(world, &world->history);
		tally = world__read(world);
		for (size_t i = 0; i < tally.count; i++) {
			bool is_heavy = world__number(&tally.rows[i].endpoint) < 100;

			found += is_heavy && tally.rows[i].at_most >= 400;
			if (!is_heavy && tally.rows[i].at_least >= 400)
				fail_msg("a light source is overstated");
		}
		assert_int_equal(found, 100);
		tally__free(&tally);
		assert_heaviest_are_certain(world);
		world__free(world);
	}
}

/* As if that many hits were counted in an entry of the first set. */
static void add_to_ipv4_entry(struct world *world, int way, __u32 added)
{
	struct ipv4_set *set = &world->ipv4->sets[0];
	const struct endpoint key = {.address = {set->addresses[way]}, .family = ENDPOINT_IPV4};

	if (set->certain[way] < IPV4_CERTAIN_MAX)
		world->ipv4->errors[0][way] = set->upper[way] - set->certain[way];
	set->certain[way] = IPV4_CERTAIN_MAX;
	set->upper[way] += added;
	world->truth[world__number(&key)] += added;
	world->syns += added;
}

/* Counters close to their 32-bit limit, with space in the back tier and without. */
static void test_full_counters(void **state)
{
	(void)state;
	for (__u32 max = 1; max <= 100; max += 99) {
		struct world *world = world__new(CPUS, 1, max, 5);
		__u64 added = UPPER_SPILL - 1000;

		flood(world, 2000, 60);
		for (int way = 0; way < TABLE_WAYS; way += 2) {
			struct table_entry *entry = &world->front[0].entries[way];

			world->front[0].upper[way] += added;
			world->truth[world__number(&entry->key)] += added;
			world->syns += added;
		}
		for (int way = 0; way < IPV4_WAYS; way += 2)
			add_to_ipv4_entry(world, way, added);
		for (int round = 0; round < 50; round++) {
			flood(world, 400, 20);
			world__check(world, &world->history);
		}
		world__free(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_while_they_fit),
		cmocka_unit_test(test_bounds_beyond),
		cmocka_unit_test(test_interval_of_heaviest),
		cmocka_unit_test(test_heavy_ones_are_found),
		cmocka_unit_test(test_full_counters),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
