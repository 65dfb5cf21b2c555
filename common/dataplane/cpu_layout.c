// SPDX-License-Identifier: GPL-2.0-only
// cpu_layout: the maps of a dataplane that runs on the CPUs, and how large they are.
#include "common/dataplane/cpu_layout.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "common/abi/sample.h"
#include "common/dataplane/possible_cpus.h"

/* Per CPU: 3 MiB, 1.4 MiB, 128 KiB and 256 KiB. More sets lose less under a flood, but miss the
 * caches more often. */
#define SOURCES_SETS 12288
#define IPV4_SOURCES_SETS 16384
#define VICTIMS_SETS 512
#define DROPPED_SETS 1024

#define ARRAY_OF(type) BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(type)

#define TABLE_ROWS(constant, maps, name, label, list, class)                              \
	[TABLE_MAP(constant, FRONT)] = {#maps "_front", #maps "_front",                   \
					ARRAY_OF(struct table_set)},                      \
			     [TABLE_MAP(constant, BACK)] = {#maps "_back", #maps "_back", \
							    ARRAY_OF(struct table_bucket)},

const struct backend_map cpu_layout_maps[MAPS] = {
	[COUNTERS_MAP] = {"counters", "counters_map", ARRAY_OF(struct cpu_counters)},
	[SHARED_MAP] = {"shared", "shared_map", ARRAY_OF(__u64), PIN_PRIVATE},
	[IPV4_MAP] = {"sources_ipv4", "sources_ipv4", ARRAY_OF(struct ipv4_group)},
	[UNACCOUNTED_MAP] = {"unaccounted", "unaccounted_map", ARRAY_OF(__u64)},
	/* Judging works on it: readers who could write to it could let frames pass. */
	[VERDICTS_MAP] = {"verdict_counters", "verdict_counters", ARRAY_OF(struct verdict_counters),
			  PIN_READ},
	[SLOTS_MAP] = {"sample_slots", "sample_slots", ARRAY_OF(struct sample_slot), PIN_PRIVATE,
		       true},
	[CONTROL_MAP] = {"sample_control", "sample_control", ARRAY_OF(struct sample_control),
			 PIN_PRIVATE, true},
	TABLES(TABLE_ROWS)};

/* For twice the endpoints: with two choices of bucket, a table at most half full always has a free
 * entry.
 */
static __u32 buckets_for(__u32 max_endpoints)
{
	if (!max_endpoints)
		return 0;
	return (2ull * max_endpoints + BUCKET_WAYS - 1) / BUCKET_WAYS + 1;
}

static int seed_tables(struct dataplane_layout *layout)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		struct table_config *table = &layout->tables[i];

		if (getrandom(table->seeds, sizeof(table->seeds), 0) != sizeof(table->seeds))
			return -errno;
	}
	return 0;
}

int cpu_layout__choose(const struct dataplane_config *config, struct dataplane_layout *ret,
		       struct errmsg *why)
{
	__u32 sources = config->max_sources ?: DEFAULT_MAX_SOURCES;
	struct table_config of_victims = {.sets = VICTIMS_SETS,
					  .max_endpoints = DEFAULT_MAX_VICTIMS};
	struct dataplane_layout layout = {.cpus = config->cpus, .kind = DATAPLANE_CPU};
	int err;

	layout.tables[TABLE_SOURCES] = (struct table_config){
		.sets = SOURCES_SETS, .ipv4_sets = IPV4_SOURCES_SETS, .max_endpoints = sources};
	layout.tables[TABLE_VICTIMS] = of_victims;
	if (config->pairs)
		layout.tables[TABLE_SYN_ACKS] = layout.tables[TABLE_FINS] =
			layout.tables[TABLE_RSTS] = of_victims;
	if (config->completed)
		layout.tables[TABLE_COMPLETED].max_endpoints = sources;
	for (int i = 0; i < TABLE_COUNT; i++)
		layout.tables[i].buckets = buckets_for(layout.tables[i].max_endpoints);
	if (!layout.cpus) {
		struct possible_cpus cpus;

		err = possible_cpus__read(&cpus, why);
		if (err)
			return err;
		layout.cpus = cpus.rows;
	}
	err = seed_tables(&layout);
	if (err)
		return errmsg__set(why, err, "choosing random seeds: %s", strerror(-err));
	*ret = layout;
	return 0;
}

/* A table that is there already goes on. Its seeds were chosen with those of the others. */
void cpu_layout__add_policy(struct dataplane_layout *layout)
{
	struct table_config *dropped = &layout->tables[TABLE_DROPPED];

	dropped->sets = DROPPED_SETS;
	dropped->max_endpoints = DEFAULT_MAX_DROPPED;
	dropped->buckets = buckets_for(dropped->max_endpoints);
}

__u64 cpu_layout__map_entries(const struct dataplane_layout *layout, int map)
{
	const struct table_config *table;

	if (map == COUNTERS_MAP)
		return layout->cpus;
	if (map == SHARED_MAP)
		return TABLE_COUNT;
	if (map == UNACCOUNTED_MAP)
		return 1;
	if (map == IPV4_MAP)
		return ipv4_groups(layout->cpus, &layout->tables[TABLE_SOURCES]);
	if (map == VERDICTS_MAP)
		return layout->tables[TABLE_DROPPED].sets ? layout->cpus : 0;
	if (map == SLOTS_MAP)
		return layout->sampling ? (__u64)layout->cpus * SAMPLE_SLOTS : 0;
	if (map == CONTROL_MAP)
		return layout->sampling ? layout->cpus : 0;
	table = &layout->tables[(map - TABLE_MAPS) / TIERS];
	return (map - TABLE_MAPS) % TIERS == FRONT ? (__u64)layout->cpus * table->sets
						   : table->buckets;
}
