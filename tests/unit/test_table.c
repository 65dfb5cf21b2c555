// SPDX-License-Identifier: GPL-2.0-only
// test_table: the table on the host against exact counts: millions of SYNs on several CPUs, with
// tables so small that entries are replaced, spilled and evicted.
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/address/endpoint.h"
#include "common/counts/heaviest.h"
#include "common/counts/hll.h"
#include "common/counts/interval.h"
#include "common/counts/tally.h"
#include "common/replay/host_helpers.h"
#include "tests/unit_test.h"
#include "xdp/table.bpf.h"

#define CPUS 2
#define MAX_SOURCES (1 << 18)

/* A table in memory, and the exact counts. */
struct world {
	__u32 cpus;
	struct table_config config;
	struct table_set *front;
	struct table_bucket *buckets;
	struct host_array back;
	struct table_shared shared;
	__u8 distinct[HLL_REGISTERS];
	__u64 truth[MAX_SOURCES]; /* by source number */
	__u64 syns;
	__u64 random;
	struct table_history history;
};

static __u64 next_random(struct world *world)
{
	/* xorshift64* (Marsaglia 2003; Vigna 2016). */
	world->random ^= world->random >> 12;
	world->random ^= world->random << 25;
	world->random ^= world->random >> 27;
	return world->random * 0x2545f4914f6cdd1dull;
}

static struct world *world__of_cpus(__u32 cpus, __u32 sets, __u32 max_endpoints, __u64 seed)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	world->cpus = cpus;
	world->random = seed;
	world->config.sets = sets;
	world->config.max_endpoints = max_endpoints;
	world->config.buckets = 2 * max_endpoints / BUCKET_WAYS + 2;
	for (int i = 0; i < TABLE_SEEDS; i++)
		world->config.seeds[i] = next_random(world);
	world->front = aligned_alloc(64, cpus * sets * sizeof(*world->front));
	world->buckets = aligned_alloc(64, world->config.buckets * sizeof(*world->buckets));
	assert_non_null(world->front);
	assert_non_null(world->buckets);
	memset(world->front, 0, cpus * sets * sizeof(*world->front));
	memset(world->buckets, 0, world->config.buckets * sizeof(*world->buckets));
	world->back =
		(struct host_array){world->buckets, sizeof(*world->buckets), world->config.buckets};
	return world;
}

static struct world *world__new(__u32 sets, __u32 max_endpoints, __u64 seed)
{
	return world__of_cpus(CPUS, sets, max_endpoints, seed);
}

static void world__free(struct world *world)
{
	table_history__free(&world->history);
	free(world->front);
	free(world->buckets);
	free(world);
}

static struct endpoint source_of(__u32 number)
{
	struct endpoint source = {.family = number % 3 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};

	source.address[0] = htonl(number);
	if (source.family == ENDPOINT_IPV6)
		source.address[3] = htonl(number * 7);
	return source;
}

static __u32 number_of(const struct endpoint *source)
{
	return ntohl(source->address[0]);
}

/* As xdp/count.bpf.h does it. */
static void count(struct world *world, __u32 cpu, __u32 number)
{
	struct table_query query = {.key = source_of(number), .full_way = -1};
	struct table_set *set;

	query.hash = endpoint__hash(&world->config, &query.key);
	set = &world->front[cpu * world->config.sets + hash__scale(query.hash, world->config.sets)];
	world->truth[number]++;
	world->syns++;
	if (set__hit(set, &query))
		return;
	hll__add(world->distinct, query.hash);
	set__replace(&world->config, set, &world->back, &world->shared, &query);
}

static struct tally_memory memory_of(const struct world *world)
{
	return (struct tally_memory){
		.config = world->config,
		.cpus = world->cpus,
		.front = world->front,
		.back = world->buckets,
	};
}

static struct tally read_table(struct world *world)
{
	const struct tally_memory memory = memory_of(world);
	struct tally tally;

	assert_int_equal(tally__read(&memory, &tally), 0);
	return tally;
}

static void assert_same_row(const struct tally_row *a, const struct tally_row *b)
{
	assert_memory_equal(&a->endpoint, &b->endpoint, sizeof(a->endpoint));
	assert_int_equal(a->at_least, b->at_least);
	assert_int_equal(a->at_most, b->at_most);
}

/* heaviest__list() agrees with a full read, and its bounds hold for the rows that it leaves out. */
static void check_heaviest(struct world *world, const struct tally *all)
{
	const struct tally_memory memory = memory_of(world);
	const struct table_copy *before = world->history.latest;
	struct tally heaviest;
	size_t next = 0;

	assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
	assert_int_equal(heaviest.attributed, all->attributed);
	assert_int_equal(heaviest.unlisted_at_most, all->unlisted_at_most);
	assert_true(!heaviest.rest_total || heaviest.count >= 256);
	for (size_t i = 0; i < all->count; i++) {
		const struct tally_row *row = &all->rows[i];
		struct tally_row now = table_copy__row(world->history.latest, &row->endpoint),
				 then = {};

		assert_same_row(&now, row);
		if (next < heaviest.count &&
		    !endpoint__compare(&heaviest.rows[next].endpoint, &row->endpoint)) {
			assert_same_row(&heaviest.rows[next++], row);
			continue;
		}
		if (before)
			then = table_copy__row(before, &row->endpoint);
		assert_true(row->at_least <= heaviest.rest_total);
		if (row->at_least > then.at_least)
			assert_true(row->at_least - then.at_least <= heaviest.rest_delta);
	}
	assert_int_equal(next, heaviest.count);
	tally__free(&heaviest);
}

/* Checks the bounds of all sources, and that counts add up. Returns true if all are exact. */
static bool check(struct world *world)
{
	struct tally tally = read_table(world);
	__u64 *unlisted = malloc(sizeof(world->truth));
	__u64 attributed = 0;
	bool exact = true;

	memcpy(unlisted, world->truth, sizeof(world->truth));
	for (size_t i = 0; i < tally.count; i++) {
		const struct tally_row *row = &tally.rows[i];
		__u64 truth = world->truth[number_of(&row->endpoint)];

		if (row->at_least > truth || truth > row->at_most)
			fail_msg("source %u: %llu is not between %llu and %llu",
				 number_of(&row->endpoint), truth, row->at_least, row->at_most);
		if (i && row->at_least > row[-1].at_least)
			fail_msg("row %zu is out of order", i);
		exact &= row->at_least == row->at_most;
		attributed += row->at_least;
		unlisted[number_of(&row->endpoint)] = 0;
	}
	for (__u32 number = 0; number < MAX_SOURCES; number++)
		if (unlisted[number] > tally.unlisted_at_most)
			fail_msg("source %u: not listed, but %llu > %llu", number, unlisted[number],
				 tally.unlisted_at_most);
	assert_int_equal(attributed, tally.attributed);
	assert_true(attributed <= world->syns);
	/* SYNs are lost only if the bound of unlisted sources says so. */
	assert_int_equal(attributed == world->syns, tally.unlisted_at_most == 0);
	exact &= !tally.unlisted_at_most;
	check_heaviest(world, &tally);
	tally__free(&tally);
	free(unlisted);
	return exact;
}

/* Half of the SYNs from few sources, half from many: hits, replacements and spills. */
static void flood(struct world *world, __u32 syns, __u32 sources)
{
	for (__u32 i = 0; i < syns; i++) {
		__u64 random = next_random(world);
		__u32 of = random & 1 ? sources : 1 + sources / 64;

		count(world, (random >> 1) % CPUS, (random >> 8) % of);
	}
}

static void test_exact_while_they_fit(void **state)
{
	static const __u32 sources[] = {1, 7, 100, 5000, 10000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct world *world = world__new(16, 10000, 77 + i);

		for (int round = 0; round < 4; round++) {
			flood(world, 250000, sources[i]);
			assert_true(check(world));
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
		struct world *world = world__new(rows[i].sets, rows[i].max, 1234 + i);

		for (int round = 0; round < 4; round++) {
			flood(world, 250000, rows[i].sources);
			check(world);
		}
		assert_false(check(world));
		world__free(world);
	}
}

/* Sources far above the others are proven to be among the heaviest. */
static void assert_heaviest_are_certain(struct world *world)
{
	const struct tally_memory memory = memory_of(world);
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
	const struct tally_memory memory = memory_of(world);
	struct snapshot snapshot = {.packets = world->syns, .syns = world->syns};

	snapshot.classes[CLASS_SYN] = world->syns;
	if (heaviest)
		assert_int_equal(
			heaviest__list(&world->history, &memory, &snapshot.tallies[TABLE_SOURCES]),
			0);
	else
		snapshot.tallies[TABLE_SOURCES] = read_table(world);
	snapshot.exact = !snapshot.tallies[TABLE_SOURCES].unlisted_at_most;
	return snapshot;
}

/* The top sources of an interval are the same by copies as by full reads. */
static void test_interval_of_heaviest(void **state)
{
	static const struct source_view view = {.order = ORDER_BY_RATE};
	struct world *world = world__new(512, 1000, 4711);
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
		count(world, i % CPUS, i % 4 ? next_random(world) % 60000 : i / 4 % 50 * 1000);
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
		struct world *world = world__new(1024, 1000, 99 + order);
		struct tally tally;
		int found = 0;

		for (__u32 i = 0; i < 300000; i++) {
			bool heavy = order == 0 ? i < 50000 : order == 1 ? i >= 250000 : i % 6 == 0;

			if (heavy)
				count(world, i % CPUS, i / 6 % 100);
			else
				count(world, i % CPUS, 1000 + next_random(world) % 120000);
		}
		check(world);
		tally = read_table(world);
		for (size_t i = 0; i < tally.count; i++) {
			bool is_heavy = number_of(&tally.rows[i].endpoint) < 100;

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

/* Counters close to their 32-bit limit, with space in the back tier and without. */
static void test_full_counters(void **state)
{
	(void)state;
	for (__u32 max = 1; max <= 100; max += 99) {
		struct world *world = world__new(1, max, 5);
		__u64 added = UPPER_SPILL - 1000;

		flood(world, 2000, 60);
		for (int way = 0; way < TABLE_WAYS; way += 2) {
			struct table_entry *entry = &world->front[0].entries[way];

			world->front[0].upper[way] += added;
			world->truth[number_of(&entry->key)] += added;
			world->syns += added;
		}
		for (int round = 0; round < 50; round++) {
			flood(world, 400, 20);
			check(world);
		}
		world__free(world);
	}
}

static void test_distinct(void **state)
{
	static const __u32 sources[] = {10, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct world *world = world__new(64, 500, 31 + i);
		double estimate;

		for (__u32 number = 0; number < sources[i]; number++)
			count(world, number % CPUS, number);
		estimate = hll__estimate(world->distinct);
		if (estimate < 0.97 * sources[i] || estimate > 1.03 * sources[i])
			fail_msg("%u sources are estimated as %.1f", sources[i], estimate);
		world__free(world);
	}
}

/* What a CPU's counters say that it has not counted is not read, by either reader. */
static void test_idle_cpus(void **state)
{
	struct cpu_counters *counters = aligned_alloc(64, CPUS * sizeof(*counters));
	struct world *world = world__new(64, 500, 99);
	struct tally_memory memory = memory_of(world);
	struct tally all, heaviest;

	(void)state;
	assert_non_null(counters);
	memset(counters, 0, CPUS * sizeof(*counters));
	memory.counters = counters;
	memory.class = CLASS_FIN;
	count(world, 0, 1);
	count(world, 1, 2);
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
	assert_int_equal(number_of(&all.rows[0].endpoint), 2);
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

/* Two tables of 64 CPUs with every set filled, read again and again for rates, as `export` does. */
static void test_memory_of_many_cpus(void **state)
{
	struct world *world = world__of_cpus(64, 8192, 131072, 64);
	const struct tally_memory memory = memory_of(world);
	struct table_history histories[2] = {};
	struct tally tallies[2] = {};

	(void)state;
	for (__u32 i = 0; i < MAX_SOURCES; i++)
		count(world, 0, i);
	for (size_t i = 0; i < world->config.sets; i++)
		for (int way = 0; way < TABLE_WAYS; way++)
			assert_true(world->front[i].upper[way] > 0);
	for (__u32 cpu = 1; cpu < world->cpus; cpu++)
		memcpy(&world->front[cpu * world->config.sets], world->front,
		       world->config.sets * sizeof(*world->front));
	limit_memory(240ul << 20);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 2; i++) {
			tally__free(&tallies[i]);
			assert_int_equal(heaviest__list(&histories[i], &memory, &tallies[i]), 0);
			assert_true(tallies[i].count >= 256);
			table_history__drop_before(&histories[i]);
		}
	limit_memory(0);
	for (int i = 0; i < 2; i++) {
		tally__free(&tallies[i]);
		table_history__free(&histories[i]);
	}
	world__free(world);
}

/* Millions of distinct hashes, without the memory for a table. */
static void test_distinct_millions(void **state)
{
	struct world *world = world__new(1, 1, 13);
	static const __u32 sources[] = {0, 1, 10, 1000, 1000000, 10000000};
	__u32 number = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		double estimate;

		for (; number < sources[i]; number++) {
			struct endpoint source = source_of(number);

			hll__add(world->distinct, endpoint__hash(&world->config, &source));
		}
		estimate = hll__estimate(world->distinct);
		if (estimate < 0.97 * sources[i] - 0.5 || estimate > 1.03 * sources[i] + 0.5)
			fail_msg("%u sources are estimated as %.1f", sources[i], estimate);
	}
	world__free(world);
}

/* Neighbouring addresses do not collide more often than random ones: 16 per set on average. */
static void test_neighbours_spread(void **state)
{
	struct world *world = world__new(4096, 100, 3);

	(void)state;
	for (__u32 stride = 1; stride; stride <<= 4) {
		__u8 per_set[4096] = {};

		for (__u32 i = 0; i < 65536; i++) {
			struct endpoint source = {.family = ENDPOINT_IPV4};
			__u32 set;

			source.address[0] = htonl(i * stride + (i * (__u64)stride >> 32));
			set = hash__scale(endpoint__hash(&world->config, &source), 4096);
			if (stride < 1 << 16 && ++per_set[set] > 48)
				fail_msg("stride %u: more than 48 in set %u", stride, set);
		}
	}
	world__free(world);
}

/* No reading trusts the table's memory: the true counts stay within the bounds, or out of the rows.
 */
static void check_bounds(struct world *world, bool without_seeds)
{
	struct tally_memory memory = memory_of(world);
	struct tally tally;

	memory.without_seeds = without_seeds;
	if (without_seeds)
		memset(memory.config.seeds, 0, sizeof(memory.config.seeds));
	assert_int_equal(tally__read(&memory, &tally), 0);
	for (size_t i = 0; i < tally.count; i++) {
		const struct tally_row *row = &tally.rows[i];

		assert_true(tally__is_valid(&row->endpoint));
		assert_in_range(world->truth[number_of(&row->endpoint)], row->at_least,
				row->at_most);
	}
	tally__free(&tally);
}

static void fill(struct world *world, __u32 syns, __u32 sources)
{
	for (__u32 i = 0; i < syns; i++)
		count(world, next_random(world) % CPUS, next_random(world) % sources);
}

/* A writer that does not finish, as a hostile one: every set, then one, stays odd. */
static void test_unfinished_sets(void **state)
{
	struct world *world = world__new(16, 64, 7);
	struct tally_memory memory = memory_of(world);
	struct tally tally, heaviest;

	(void)state;
	fill(world, 2000, 300);
	world->front[3].sequence++;
	check_bounds(world, false);
	assert_int_equal(tally__read(&memory, &tally), 0);
	assert_true(tally.unlisted_at_most >= 1ull << 48);
	assert_int_equal(heaviest__list(&world->history, &memory, &heaviest), 0);
	assert_int_equal(heaviest.attributed, tally.attributed);
	assert_true(heaviest.unlisted_at_most >= 1ull << 48);
	tally__free(&tally);
	tally__free(&heaviest);
	for (int i = 0; i < 16 * CPUS; i++)
		world->front[i].sequence |= 1;
	check_bounds(world, false);
	check_bounds(world, true);
	world__free(world);
}

static void test_unfinished_pending(void **state)
{
	struct cpu_counters *counters = calloc(1, sizeof(*counters));
	struct endpoint key;

	(void)state;
	counters->pending.key = source_of(1);
	assert_true(tally__copy_pending(counters, &key));
	assert_memory_equal(&key, &counters->pending.key, sizeof(key));
	counters->pending_sequence = 1;
	assert_false(tally__copy_pending(counters, &key));
	assert_int_equal(key.family, 0);
	counters->pending_sequence = 2;
	counters->pending.key.family = 99;
	assert_true(tally__copy_pending(counters, &key));
	assert_int_equal(key.family, 0);
	free(counters);
}

/* Random bytes in all of the table: a reading ends, and lists only valid keys. */
static void test_hostile_memory(void **state)
{
	struct world *world = world__new(16, 64, 11);
	struct tally_memory memory = memory_of(world);

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct tally tally, heaviest;

		for (size_t i = 0; i < 16 * CPUS * sizeof(*world->front); i++)
			((__u8 *)world->front)[i] = next_random(world) & 7;
		for (size_t i = 0; i < world->config.buckets * sizeof(*world->buckets); i++)
			((__u8 *)world->buckets)[i] = next_random(world) & 7;
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
	struct world *world = world__new(64, 400, 13);
	struct tally_memory memory = memory_of(world);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unfinished_sets),
		cmocka_unit_test(test_unfinished_pending),
		cmocka_unit_test(test_hostile_memory),
		cmocka_unit_test(test_without_seeds),
		cmocka_unit_test(test_exact_while_they_fit),
		cmocka_unit_test(test_bounds_beyond),
		cmocka_unit_test(test_heavy_ones_are_found),
		cmocka_unit_test(test_interval_of_heaviest),
		cmocka_unit_test(test_full_counters),
		cmocka_unit_test(test_idle_cpus),
		cmocka_unit_test(test_memory_of_many_cpus),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_distinct_millions),
		cmocka_unit_test(test_neighbours_spread),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
