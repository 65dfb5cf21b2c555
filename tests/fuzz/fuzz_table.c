// SPDX-License-Identifier: GPL-2.0-only
// fuzz_table: the table of sources on the host against exact counts. The input gives the size of
// the table, and then the source and CPU of each SYN.
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/counts/tally.h"
#include "common/replay/host_helpers.h"
#include "pktgen/frames/rng.h"
#include "tests/fuzz/fuzz.h"
#include "xdp/count.bpf.h"

#define CPUS 2
#define MAX_SETS 4
#define MAX_ENDPOINTS 32
#define MAX_BUCKETS (2 * MAX_ENDPOINTS / BUCKET_WAYS + 2)
#define SOURCES 256

static struct world {
	struct table_config config;
	struct table_set front[CPUS * MAX_SETS];
	struct ipv4_group ipv4[CPUS * MAX_SETS / IPV4_GROUP_SETS];
	struct table_bucket buckets[MAX_BUCKETS];
	struct table_shared shared[TABLE_COUNT];
	__u64 truth[SOURCES];
	__u64 syns;
} world;

static struct cpu_counters counters[CPUS]; /* only SYNs and the pending query are used */

static struct endpoint source_of(__u8 number)
{
	/* 0.0.0.0 as well. */
	bool ipv4 = !number || number % 3;
	struct endpoint source = {.family = ipv4 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};

	source.address[0] = htonl(number);
	return source;
}

static void receive(__u32 cpu, __u8 number)
{
	const struct endpoint source = source_of(number);

	counters[cpu].classes[CLASS_SYN]++;
	world.truth[number]++;
	world.syns++;
	count_source(&counters[cpu], cpu, &source);
}

static void count_hits(__u8 number, __u32 *upper, __u32 hits)
{
	*upper += hits;
	world.truth[number] += hits;
	world.syns += hits;
}

static void fill_ipv4(__u8 number, __u32 set_number, __be32 address, __u8 short_of)
{
	struct ipv4_group *group = &world.ipv4[set_number / IPV4_GROUP_SETS];
	struct ipv4_set *set = &group->sets[set_number % IPV4_GROUP_SETS];

	for (int way = 0; way < IPV4_WAYS; way++) {
		if (set->addresses[way] != address || set->upper[way] >= UPPER_SPILL - short_of)
			continue;
		if (set->certain[way] < IPV4_CERTAIN_MAX)
			ipv4_set__keep_error(group, set_number % IPV4_GROUP_SETS, way);
		count_hits(number, &set->upper[way], UPPER_SPILL - short_of - set->upper[way]);
	}
}

/* Hits an entry, if it exists, until it is about to spill. */
static void fill(__u32 cpu, __u8 number, __u8 short_of)
{
	const struct endpoint source = source_of(number);
	__u64 hash = endpoint__hash(&world.config, &source);
	struct table_set *set =
		&world.front[cpu * world.config.sets + hash__scale(hash, world.config.sets)];

	if (endpoint__is_ipv4_source(&source)) {
		fill_ipv4(number, ipv4_set_number(cpu, hash), source.address[0], short_of);
		return;
	}
	for (int way = 0; way < TABLE_WAYS; way++)
		if (set->upper[way] && endpoint__equal(&set->entries[way].key, &source) &&
		    set->upper[way] < UPPER_SPILL - short_of)
			count_hits(number, &set->upper[way],
				   UPPER_SPILL - short_of - set->upper[way]);
}

/* True if every source has an entry: no bucket is full, as that may have rejected one. */
static bool all_fit(void)
{
	__u32 distinct = 0;

	for (int i = 0; i < SOURCES; i++)
		distinct += !!world.truth[i];
	for (__u32 i = 0; i < world.config.buckets; i++)
		if (bucket__used(&world.buckets[i]) == BUCKET_WAYS)
			return false;
	return distinct <= world.config.max_endpoints;
}

static void check(void)
{
	const struct tally_memory memory = {
		.config = world.config,
		.cpus = CPUS,
		.counters = counters,
		.class = CLASS_SYN,
		.pending = PENDING_SOURCE,
		.front = world.front,
		.ipv4 = world.ipv4,
		.back = world.buckets,
	};
	bool listed[SOURCES] = {}, exact = true;
	struct tally tally;
	__u64 attributed = 0;

	MUST(!tally__read(&memory, &tally));
	for (size_t i = 0; i < tally.count; i++) {
		const struct tally_row *row = &tally.rows[i];
		__u32 number = ntohl(row->endpoint.address[0]);
		const struct endpoint source = source_of(number);

		MUST(number < SOURCES && !listed[number]);
		MUST(!endpoint__compare(&row->endpoint, &source));
		MUST(row->at_least <= world.truth[number]);
		MUST(row->at_most >= world.truth[number]);
		MUST(!i || row[-1].at_least >= row->at_least);
		listed[number] = true;
		attributed += row->at_least;
		exact &= row->at_least == row->at_most;
	}
	for (int i = 0; i < SOURCES; i++)
		MUST(listed[i] || world.truth[i] <= tally.unlisted_at_most);
	MUST(attributed == tally.attributed && attributed <= world.syns);
	/* SYNs are lost only if a bound says so, and never while all sources fit. */
	MUST((attributed == world.syns) == !tally.unlisted_at_most);
	MUST(!all_fit() || (exact && !tally.unlisted_at_most));
	tally__free(&tally);
}

static void start(const __u8 *data)
{
	struct rng rng;

	memset(&world, 0, sizeof(world));
	for (int cpu = 0; cpu < CPUS; cpu++) {
		counters[cpu].classes[CLASS_SYN] = 0;
		counters[cpu].source = (struct table_query){};
	}
	world.config.sets = world.config.ipv4_sets = 1 + data[0] % MAX_SETS;
	world.config.max_endpoints = 1 + data[1] % MAX_ENDPOINTS;
	/* As common/dataplane/dataplane.c. */
	world.config.buckets = 2 * world.config.max_endpoints / BUCKET_WAYS + 2;
	rng__seed(&rng, data[2], 0);
	for (int i = 0; i < TABLE_SEEDS; i++)
		world.config.seeds[i] = rng__next(&rng);
	table_configs[TABLE_SOURCES] = world.config;
	ipv4_part = hash__ipv4_part(&world.config);
	counters_map.array = (struct host_array){counters, sizeof(*counters), CPUS};
	shared_map.array = (struct host_array){world.shared, sizeof(*world.shared), TABLE_COUNT};
	sources_front.array =
		(struct host_array){world.front, sizeof(*world.front), CPUS * world.config.sets};
	sources_ipv4.array = (struct host_array){world.ipv4, sizeof(*world.ipv4),
						 ipv4_groups(CPUS, &world.config)};
	sources_back.array =
		(struct host_array){world.buckets, sizeof(*world.buckets), world.config.buckets};
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	bool checked = false; /* only once before the end, because it is slow */

	if (size < 3)
		return 0;
	start(data);
	for (size_t i = 3; i + 2 <= size; i += 2) {
		__u8 what = data[i], number = data[i + 1];
		__u32 cpu = what % CPUS;

		if (what >= 0xf0)
			fill(cpu, number, what & 0xe);
		else if (what >= 0xe8 && !checked)
			check(), checked = true;
		else
			for (int syns = 1 + what / CPUS % 8; syns; syns--)
				receive(cpu, number);
	}
	check();
	return 0;
}
