// SPDX-License-Identifier: GPL-2.0-only
// table_world: a table of sources on the host, written to as the dataplane does, and the true
// counts.
#ifndef TESTS_TABLE_WORLD_H
#define TESTS_TABLE_WORLD_H

#include <stdbool.h>

#include "common/counts/heaviest.h"
#include "common/counts/tally.h"

#define WORLD_SOURCES (1 << 18)

/* Its memory is shared with child processes. */
struct world {
	struct table_config config;
	enum table
		table; /* TABLE_SOURCES, or TABLE_VICTIMS whose victims are then called sources */
	__u32 cpus;
	__u64 random;
	struct cpu_counters *counters; /* by CPU */
	struct table_set *front;
	struct ipv4_group *ipv4;
	struct table_bucket *buckets;
	struct world_shared *shared;  /* struct table_shared, which only the table's code knows */
	size_t bytes;                 /* of all of it */
	struct table_history history; /* for world__check() */
	__u64 syns;
	__u32 sources;              /* all numbers are below */
	__u64 truth[WORLD_SOURCES]; /* by source number */
};

/** world__new() - an empty table; it fails the test if there is no memory. */
struct world *world__new(__u32 cpus, __u32 sets, __u32 max_endpoints, __u64 seed);

/** world__free() - free it. */
void world__free(struct world *world);

/** world__random() - the next of a sequence that the seed determines. */
__u64 world__random(struct world *world);

/** world__source() - a source: one in three is IPv6. */
struct endpoint world__source(__u32 number);

/** world__number() - the number of a source. */
__u32 world__number(const struct endpoint *source);

/** world__count() - a SYN from a source arrives on a CPU. */
void world__count(struct world *world, __u32 cpu, __u32 number);

/** world__settle() - count what is pending in the table itself. */
void world__settle(struct world *world);

/** world__memory() - the table, for readers. */
struct tally_memory world__memory(const struct world *world);

/** world__read() - read the table; the caller frees the tally. */
struct tally world__read(const struct world *world);

/**
 * world__check() - check the bounds of all sources, and that counts add up
 * @history: NULL, or of heaviest__list(), whose answer must agree with the full reading
 *
 * Return: true if all counts are exact.
 */
bool world__check(struct world *world, struct table_history *history);

/** assert_same_row() - the same endpoint and the same bounds. */
void assert_same_row(const struct tally_row *a, const struct tally_row *b);

#endif
