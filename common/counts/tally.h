// SPDX-License-Identifier: GPL-2.0-only
// tally: the two tiers of a table, read in place and merged into endpoints with bounds.
#ifndef COMMON_COUNTS_TALLY_H
#define COMMON_COUNTS_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/abi.h"
#include "common/abi/hash.h"
#include "common/counts/tally_row.h"

struct table_copy;

struct tally {
	bool counted;           /* the dataplane has this table */
	struct tally_row *rows; /* by at_least, the largest first; ties by address */
	size_t count;
	__u64 total;            /* everything that the table attributes */
	__u64 attributed;       /* sum of at_least over all endpoints */
	__u64 unlisted_at_most; /* no endpoint that the table does not list has had more */
	/*
	 * If the rows are only the heaviest: where to look up the others. Their at_least is at most
	 * rest_total, and has grown by at most rest_delta since the reading before.
	 */
	const struct table_copy *copy; /* NULL: every endpoint has its row */
	__u64 rest_total;
	__u64 rest_delta;
};

/*
 * A table in memory. Other users may write to it as well, so nothing in it is trusted: no reading
 * waits for a writer without end, and no value leads outside of the table.
 */
enum tally_pending { PENDING_NONE, PENDING_SOURCE, PENDING_VICTIMS };

struct tally_memory {
	struct table_config config;
	bool without_seeds; /* config.seeds are unknown: some bounds are wider */
	__u32 cpus;
	const struct cpu_counters *counters; /* by CPU; NULL: unknown */
	enum frame_class class;              /* holds all that the table counts, on each CPU */
	enum tally_pending pending;          /* what the counters hold that is not in it yet */
	const struct table_set *front;       /* cpus times config.sets */
	const struct ipv4_group *ipv4;       /* cpus times config.ipv4_sets, in groups */
	const struct table_bucket *back; /* config.buckets; may be NULL while the table is idle */
};

/* In place of a bound that is not known. */
#define TALLY_UNBOUNDED (1ull << 48)

/* A bound that a set holds. At the end of its 32 bits the true value may be larger. */
static inline __u64 tally__bound(__u32 bound)
{
	return bound == ~0u ? TALLY_UNBOUNDED : bound;
}

/**
 * tally__read() - read a table that may be written to meanwhile
 *
 * The bounds hold for moments of the reading: at_least for its end, at_most for its start. The
 * caller sets the total.
 *
 * Return: 0 with *@ret to be freed by tally__free(), or -ENOMEM.
 */
int tally__read(const struct tally_memory *memory, struct tally *ret);

/**
 * tally__has_counted() - false if a CPU has never added to the table, which needs no reading then
 *
 * A frame is counted in its class before it is in a table.
 */
static inline bool tally__has_counted(const struct tally_memory *memory, __u32 cpu)
{
	return !memory->counters ||
	       __atomic_load_n(&memory->counters[cpu].classes[memory->class], __ATOMIC_ACQUIRE);
}

/** tally__is_idle() - true if it is known that nothing was ever added to the table, on any CPU. */
bool tally__is_idle(const struct tally_memory *memory);

/** tally__sets() - the sets of a CPU; those of IPv4 sources have the last numbers */
static inline __u32 tally__sets(const struct table_config *config)
{
	return config->sets + config->ipv4_sets;
}

/** tally__set_of() - the number of the set that an endpoint has an entry in, if it has one */
static inline __u32 tally__set_of(const struct table_config *config, const struct endpoint *key,
				  __u64 hash)
{
	if (config->ipv4_sets && endpoint__is_ipv4_source(key))
		return config->sets + hash__scale(hash, config->ipv4_sets);
	return hash__scale(hash, config->sets);
}

/* The first way of a set or bucket gets the first entry, and is never empty again. */
static inline bool tally__bucket_is_empty(const struct table_bucket *bucket)
{
	return !__atomic_load_n(&bucket->tags[0], __ATOMIC_RELAXED);
}

/** tally__sort() - sort the rows. */
void tally__sort(struct tally *tally);

/**
 * tally__copy_set() - a set as it was between two replacements, with valid entries only
 * @number: below tally__sets()
 * @ret: of any kind of set; its tags are not valid
 *
 * A set whose writer does not finish is copied as one without entries that may have lost anything:
 * this widens the bounds of its endpoints to the total.
 *
 * Return: false if it is empty.
 */
bool tally__copy_set(const struct tally_memory *memory, __u32 cpu, __u32 number,
		     struct table_set *ret);

/** tally__is_valid() - false if a key cannot be one of the program's. */
bool tally__is_valid(const struct endpoint *endpoint);

/** tally__slots() - how many endpoints may be pending on a CPU */
static inline __u32 tally__slots(const struct tally_memory *memory)
{
	return memory->pending == PENDING_NONE     ? 0
	       : memory->pending == PENDING_SOURCE ? 1
						   : VICTIM_SLOTS;
}

/** tally__slots_of_all() - how many endpoints may be pending on all CPUs */
static inline __u32 tally__slots_of_all(const struct tally_memory *memory)
{
	return memory->cpus * tally__slots(memory);
}

/**
 * tally__copy_pending() - SYNs of an endpoint that are pending on a CPU
 * @number: cpu * tally__slots() + slot
 * @ret: count 0: none
 *
 * Return: false if the writer does not finish, so that any may be pending; *@ret has none then.
 */
bool tally__copy_pending(const struct tally_memory *memory, __u32 number, struct table_query *ret);

/** tally__free() - free what a tally holds; zeros are fine. */
void tally__free(struct tally *tally);

#endif
