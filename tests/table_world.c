// SPDX-License-Identifier: GPL-2.0-only
// table_world: a table of sources on the host, written to as the dataplane does, and the true
// counts.
#include "tests/table_world.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/address/endpoint.h"
#include "common/replay/host_helpers.h"
#include "tests/unit_test.h"
#include "xdp/count.bpf.h"

struct world_shared {
	struct table_shared tables[TABLE_COUNT];
};

static void *carve(char **next, size_t bytes)
{
	void *start = *next;

	*next += (bytes + 63) & ~63ul;
	return start;
}

__u64 world__random(struct world *world)
{
	/* xorshift64* (Marsaglia 2003; Vigna 2016). */
	world->random ^= world->random >> 12;
	world->random ^= world->random << 25;
	world->random ^= world->random >> 27;
	return world->random * 0x2545f4914f6cdd1dull;
}

struct world *world__new(__u32 cpus, __u32 sets, __u32 max_endpoints, __u64 seed)
{
	__u32 buckets = 2 * max_endpoints / BUCKET_WAYS + 2;
	size_t counters_bytes = cpus * sizeof(struct cpu_counters);
	size_t front_bytes = (size_t)cpus * sets * sizeof(struct table_set);
	size_t back_bytes = buckets * sizeof(struct table_bucket);
	const struct table_config config = {.sets = sets,
					    .ipv4_sets = sets,
					    .buckets = buckets,
					    .max_endpoints = max_endpoints};
	size_t ipv4_bytes = ipv4_groups(cpus, &config) * sizeof(struct ipv4_group);
	size_t bytes = sizeof(struct world) + counters_bytes + front_bytes + ipv4_bytes +
		       back_bytes + 6 * 64;
	char *next = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct world *world;

	assert_ptr_not_equal(next, MAP_FAILED);
	world = carve(&next, sizeof(*world));
	world->counters = carve(&next, counters_bytes);
	world->front = carve(&next, front_bytes);
	world->ipv4 = carve(&next, ipv4_bytes);
	world->buckets = carve(&next, back_bytes);
	world->shared = carve(&next, sizeof(*world->shared));
	world->bytes = bytes;
	world->cpus = cpus;
	world->random = seed;
	world->config = config;
	for (int i = 0; i < TABLE_SEEDS; i++)
		world->config.seeds[i] = world__random(world);
	return world;
}

void world__free(struct world *world)
{
	table_history__free(&world->history);
	munmap(world, world->bytes);
}

struct endpoint world__source(__u32 number)
{
	/* 0.0.0.0 as well. */
	bool ipv4 = !number || number % 3;
	struct endpoint source = {.family = ipv4 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};

	source.address[0] = htonl(number);
	if (source.family == ENDPOINT_IPV6)
		source.address[3] = htonl(number * 7);
	return source;
}

__u32 world__number(const struct endpoint *source)
{
	return ntohl(source->address[0]);
}

/* Victims are in no set of IPv4 sources. */
static struct table_config world_config(const struct world *world)
{
	struct table_config config = world->config;

	if (world->table != TABLE_SOURCES)
		config.ipv4_sets = 0;
	return config;
}

static void use(const struct world *world)
{
	const struct table_config config = world_config(world);
	struct host_array front = {world->front, sizeof(*world->front),
				   world->cpus * world->config.sets};
	struct host_array back = {world->buckets, sizeof(*world->buckets), world->config.buckets};

	table_configs[world->table] = config;
	ipv4_part = hash__ipv4_part(&config);
	counters_map.array =
		(struct host_array){world->counters, sizeof(*world->counters), world->cpus};
	shared_map.array = (struct host_array){world->shared->tables, sizeof(struct table_shared),
					       TABLE_COUNT};
	sources_ipv4.array = (struct host_array){world->ipv4, sizeof(*world->ipv4),
						 ipv4_groups(world->cpus, &config)};
	if (world->table == TABLE_SOURCES)
		sources_front.array = front, sources_back.array = back;
	else
		victims_front.array = front, victims_back.array = back;
}

void world__count(struct world *world, __u32 cpu, __u32 number)
{
	struct cpu_counters *counters = &world->counters[cpu];
	struct endpoint endpoint = world__source(number);

	use(world);
	if (number >= world->sources)
		world->sources = number + 1;
	counters->classes[CLASS_SYN]++;
	world->truth[number]++;
	world->syns++;
	if (world->table == TABLE_SOURCES)
		count_source(counters, cpu, &endpoint);
	else
		count_victim(counters, cpu, &endpoint, DETAIL_SYNS);
}

/* As if SYNs from others followed. */
void world__settle(struct world *world)
{
	use(world);
	for (__u32 cpu = 0; cpu < world->cpus; cpu++) {
		count_pending_source(&world->counters[cpu], cpu);
		world->counters[cpu].source = (struct table_query){};
		for (__u32 slot = 0; slot < VICTIM_SLOTS; slot++)
			if (world->counters[cpu].victims[slot].count)
				count_slot(cpu, slot);
	}
}

struct tally_memory world__memory(const struct world *world)
{
	return (struct tally_memory){
		.config = world_config(world),
		.cpus = world->cpus,
		.counters = world->counters,
		.class = CLASS_SYN,
		.pending = world->table == TABLE_SOURCES ? PENDING_SOURCE : PENDING_VICTIMS,
		.front = world->front,
		.ipv4 = world->ipv4,
		.back = world->buckets,
	};
}

struct tally world__read(const struct world *world)
{
	const struct tally_memory memory = world__memory(world);
	struct tally tally;

	assert_int_equal(tally__read(&memory, &tally), 0);
	return tally;
}

void assert_same_row(const struct tally_row *a, const struct tally_row *b)
{
	assert_memory_equal(&a->endpoint, &b->endpoint, sizeof(a->endpoint));
	assert_int_equal(a->at_least, b->at_least);
	assert_int_equal(a->at_most, b->at_most);
}

/* heaviest__list() agrees with a full read, and its bounds hold for the rows that it leaves out. */
static void check_heaviest(const struct world *world, struct table_history *history,
			   const struct tally *all)
{
	const struct tally_memory memory = world__memory(world);
	const struct table_copy *before = history->latest;
	struct tally heaviest;
	size_t next = 0;

	assert_int_equal(heaviest__list(history, &memory, &heaviest), 0);
	assert_int_equal(heaviest.attributed, all->attributed);
	assert_int_equal(heaviest.unlisted_at_most, all->unlisted_at_most);
	assert_true(!heaviest.rest_total || heaviest.count >= 256);
	for (size_t i = 0; i < all->count; i++) {
		const struct tally_row *row = &all->rows[i];
		struct tally_row now = table_copy__row(history->latest, &row->endpoint), then = {};

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

static void check_unlisted(const struct world *world, const struct tally *tally)
{
	bool *listed = calloc(world->sources + 1, sizeof(*listed));

	assert_non_null(listed);
	for (size_t i = 0; i < tally->count; i++)
		listed[world__number(&tally->rows[i].endpoint)] = true;
	for (__u32 number = 0; number < world->sources; number++)
		if (!listed[number] && world->truth[number] > tally->unlisted_at_most)
			fail_msg("source %u: not listed, but %llu > %llu", number,
				 world->truth[number], tally->unlisted_at_most);
	free(listed);
}

bool world__check(struct world *world, struct table_history *history)
{
	struct tally tally = world__read(world);
	__u64 attributed = 0;
	bool exact = true;

	for (size_t i = 0; i < tally.count; i++) {
		const struct tally_row *row = &tally.rows[i];
		__u64 truth = world->truth[world__number(&row->endpoint)];

		if (row->at_least > truth || truth > row->at_most)
			fail_msg("source %u: %llu is not between %llu and %llu",
				 world__number(&row->endpoint), truth, row->at_least, row->at_most);
		if (i && row->at_least > row[-1].at_least)
			fail_msg("row %zu is out of order", i);
		exact &= row->at_least == row->at_most;
		attributed += row->at_least;
	}
	check_unlisted(world, &tally);
	assert_int_equal(attributed, tally.attributed);
	assert_true(attributed <= world->syns);
	/* SYNs are lost only if the bound of unlisted sources says so. */
	assert_int_equal(attributed == world->syns, tally.unlisted_at_most == 0);
	exact &= !tally.unlisted_at_most;
	if (history)
		check_heaviest(world, history, &tally);
	tally__free(&tally);
	return exact;
}
