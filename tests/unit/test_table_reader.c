// SPDX-License-Identifier: GPL-2.0-only
// test_table_reader: readings of tables that are idle, large, unfinished, hostile or without seeds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/counts/heaviest.h"
#include "common/counts/tally.h"
#include "tests/table_world.h"
#include "tests/unit_test.h"

#define CPUS 2

/* What a CPU's counters say that it has not counted is not read, by either reader. */
static void test_idle_cpus(void **state)
{
	struct cpu_counters *counters = aligned_alloc(64, CPUS * sizeof(*counters));
	struct world *world = world__new(CPUS, 64, 500, 99);
	struct tally_memory memory = world__memory(world);
	struct tally all, heaviest;

	(void)state;
	assert_non_null(counters);
	memset(counters, 0, CPUS * sizeof(*counters));
	memory.counters = counters;
	memory.class = CLASS_FIN;
	world__count(world, 0, 1);
	world__count(world, 1, 2);
	world__settle(world);
	counters[1].classes[CLASS_SYN] = 1;
	assert_true(tally__is_idle(&memory));
	assert_int_equal(tally__read(&memory, &all), 0);
	assert_true(all.counted);
	assert_int_equal(all.count, 0);
	counters[1].classes[CLASS_FIN] = 1;
	assert_false(tally__is_idle(&memory));
	assert_int_equal(tally__read(&memory, &all), 0);
	assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
	assert_int_equal(all.count, 1);
	assert_int_equal(heaviest.count, 1);
	assert_int_equal(world__number(&all.rows[0].endpoint), 2);
	assert_same_row(&heaviest.rows[0], &all.rows[0]);
	tally__free(&all);
	tally__free(&heaviest);
	world__free(world);
	free(counters);
}

/* Limits the private memory that this process may allocate from now on. */
static void limit_memory(size_t bytes)
{
	FILE *status = fopen("/proc/self/status", "re");
	struct rlimit limit;
	size_t data_kib = 0;
	char line[128];

	assert_non_null(status);
	while (fgets(line, sizeof(line), status))
		sscanf(line, "VmData: %zu kB", &data_kib);
	fclose(status);
	assert_true(data_kib > 0);
	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	limit.rlim_cur = bytes ? data_kib * 1024 + bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
}

/* Reads two tables again and again, as `export` does: with rates, it keeps a copy of each. */
static void read_within(const struct tally_memory *memory, bool rates, size_t bytes)
{
	struct table_history histories[2] = {};
	struct tally tallies[2] = {};

	limit_memory(bytes);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 2; i++) {
			tally__free(&tallies[i]);
			assert_int_equal(heaviest__list(&histories[i], memory, &tallies[i]), 0);
			assert_true(tallies[i].count >= 256);
			if (rates)
				table_history__drop_before(&histories[i]);
			else
				table_history__free(&histories[i]);
		}
	limit_memory(0);
	for (int i = 0; i < 2; i++) {
		tally__free(&tallies[i]);
		table_history__free(&histories[i]);
	}
}

/* Tables of 64 CPUs, of the default size, with nearly every set filled. */
static void test_memory_of_many_cpus(void **state)
{
	struct world *world = world__new(64, 12288, 131072, 64);
	const struct tally_memory memory = world__memory(world);
	__u32 sets = tally__sets(&memory.config);
	struct table_set set;
	size_t filled = 0;

	(void)state;
	for (__u32 i = 0; i < WORLD_SOURCES; i++)
		world__count(world, 0, i);
	for (__u32 i = 0; i < sets; i++)
		if (tally__copy_set(&memory, 0, i, &set))
			for (int way = 0; way < TABLE_WAYS; way++)
				filled += set.upper[way] > 0;
	assert_true(filled > world->config.sets * (TABLE_WAYS + IPV4_WAYS) * 88ul / 100);
	for (__u32 cpu = 1; cpu < world->cpus; cpu++) {
		memcpy(&world->front[cpu * world->config.sets], world->front,
		       world->config.sets * sizeof(*world->front));
		memcpy(&world->ipv4[cpu * ipv4_groups(1, &world->config)], world->ipv4,
		       ipv4_groups(1, &world->config) * sizeof(*world->ipv4));
	}
	read_within(&memory, false, 200ul << 20);
	read_within(&memory, true, 600ul << 20);
	world__free(world);
}

/* No reading trusts the table's memory: the true counts stay within the bounds, or out of the rows.
 */
static void check_bounds(struct world *world, bool without_seeds)
{
	struct tally_memory memory = world__memory(world);
	struct tally tally;

	memory.without_seeds = without_seeds;
	if (without_seeds)
		memset(memory.config.seeds, 0, sizeof(memory.config.seeds));
	assert_int_equal(tally__read(&memory, &tally), 0);
	for (size_t i = 0; i < tally.count; i++) {
		const struct tally_row *row = &tally.rows[i];

		assert_true(tally__is_valid(&row->endpoint));
		assert_in_range(world->truth[world__number(&row->endpoint)], row->at_least,
				row->at_most);
	}
	tally__free(&tally);
}

static void fill(struct world *world, __u32 syns, __u32 sources)
{
	for (__u32 i = 0; i < syns; i++)
		world__count(world, world__random(world) % CPUS, world__random(world) % sources);
}

/* A writer that does not finish, as a hostile one: every set, then one, stays odd. */
static void test_unfinished_sets(void **state)
{
	struct world *world = world__new(CPUS, 16, 64, 7);
	struct tally_memory memory = world__memory(world);
	struct tally tally, heaviest;

	(void)state;
	fill(world, 2000, 300);
	world->front[3].sequence++;
	world->ipv4[0].sets[5].sequence++;
	check_bounds(world, false);
	assert_int_equal(tally__read(&memory, &tally), 0);
	assert_true(tally.unlisted_at_most >= 1ull << 48);
	assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
	assert_int_equal(heaviest.attributed, tally.attributed);
	assert_true(heaviest.unlisted_at_most >= 1ull << 48);
	tally__free(&tally);
	tally__free(&heaviest);
	for (int i = 0; i < 16 * CPUS; i++) {
		world->front[i].sequence |= 1;
		world->ipv4[i / IPV4_GROUP_SETS].sets[i % IPV4_GROUP_SETS].sequence |= 1;
	}
	check_bounds(world, false);
	check_bounds(world, true);
	world__free(world);
}

static void test_unfinished_pending(void **state)
{
	struct world *world = world__new(1, 1, 10, 1);
	struct tally_memory memory = world__memory(world);
	struct table_query pending;

	(void)state;
	world__count(world, 0, 1);
	assert_true(tally__copy_pending(&memory, 0, &pending));
	assert_memory_equal(&pending, &world->counters->source, sizeof(pending));
	assert_int_equal(pending.count, 1);
	world->counters->source_sequence++;
	assert_false(tally__copy_pending(&memory, 0, &pending));
	assert_int_equal(pending.count, 0);
	world->counters->source_sequence++;
	world->counters->source.key.family = 99;
	assert_true(tally__copy_pending(&memory, 0, &pending));
	assert_int_equal(pending.count, 0);
	world__free(world);
}

/* Random bytes in all of the table: a reading ends, and lists only valid keys. */
static void test_hostile_memory(void **state)
{
	struct world *world = world__new(CPUS, 16, 64, 11);
	struct tally_memory memory = world__memory(world);

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct tally tally, heaviest;

		for (size_t i = 0; i < 16 * CPUS * sizeof(*world->front); i++)
			((__u8 *)world->front)[i] = world__random(world) & 7;
		for (size_t i = 0; i < 2 * CPUS * sizeof(*world->ipv4); i++)
			((__u8 *)world->ipv4)[i] = world__random(world) & 7;
		for (size_t i = 0; i < world->config.buckets * sizeof(*world->buckets); i++)
			((__u8 *)world->buckets)[i] = world__random(world) & 7;
		assert_int_equal(tally__read(&memory, &tally), 0);
		assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
		for (size_t i = 0; i < tally.count; i++) {
			assert_true(tally__is_valid(&tally.rows[i].endpoint));
			assert_true(tally.rows[i].at_least <= tally.rows[i].at_most);
		}
		for (size_t i = 0; i < heaviest.count; i++)
			assert_true(tally__is_valid(&heaviest.rows[i].endpoint));
		tally__free(&tally);
		tally__free(&heaviest);
	}
	world__free(world);
}

/* A reader that may not know the seeds: the same while all fit, wider bounds beyond. */
static void test_without_seeds(void **state)
{
	struct world *world = world__new(CPUS, 64, 400, 13);
	struct tally_memory memory = world__memory(world);
	struct tally with, without;

	(void)state;
	fill(world, 5000, 400);
	assert_int_equal(tally__read(&memory, &with), 0);
	memory.without_seeds = true;
	memset(memory.config.seeds, 0, sizeof(memory.config.seeds));
	assert_int_equal(tally__read(&memory, &without), 0);
	assert_int_equal(with.count, without.count);
	for (size_t i = 0; i < with.count; i++)
		assert_same_row(&with.rows[i], &without.rows[i]);
	tally__free(&with);
	tally__free(&without);
	fill(world, 50000, 20000);
	check_bounds(world, true);
	world__free(world);
}

/* What a copy takes is a share of its table at any size: the exporter's unit relies on it. */
static void test_memory_of_copies(void **state)
{
	static const __u32 max_endpoints[] = {1, 4096, 131072, 1 << 26};

	(void)state;
	for (__u32 cpus = 1; cpus <= 1024; cpus *= 4) {
		for (size_t i = 0; i < sizeof(max_endpoints) / sizeof(max_endpoints[0]); i++) {
			struct tally_memory memory = {
				.cpus = cpus,
				.config.sets = 12288,
				.config.ipv4_sets = 16384,
				.config.buckets = 2 * max_endpoints[i] / BUCKET_WAYS + 2,
			};
			size_t table =
				(size_t)cpus * memory.config.sets * sizeof(struct table_set) +
				ipv4_groups(cpus, &memory.config) * sizeof(struct ipv4_group) +
				memory.config.buckets * sizeof(struct table_bucket);
			struct table_copy *copy = table_copy__new(&memory);

			assert_non_null(copy);
			assert_in_range(copy->bytes, table / 4, table / 100 * 72);
			table_copy__free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_cpus),        cmocka_unit_test(test_memory_of_many_cpus),
		cmocka_unit_test(test_unfinished_sets),  cmocka_unit_test(test_unfinished_pending),
		cmocka_unit_test(test_hostile_memory),   cmocka_unit_test(test_without_seeds),
		cmocka_unit_test(test_memory_of_copies),
	};

	return cmocka_run_group_tests_name("table_reader", tests, NULL, NULL);
}
