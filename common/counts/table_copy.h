// SPDX-License-Identifier: GPL-2.0-only
// table_copy: a copy of a live table, and the bounds of any endpoint in it.
#ifndef COMMON_COUNTS_TABLE_COPY_H
#define COMMON_COUNTS_TABLE_COPY_H

#include "common/counts/tally.h"

enum moment { BEFORE_FRONT, AFTER_FRONT, MOMENTS };

/*
 * A way of a set, in half its size. Its endpoint is known by the 64 bits of its secret hash, which
 * two endpoints of a set share with a probability of at most 2^-32.
 */
struct copied_way {
	__u64 hash;
	__u32 at_least; /* counted here for certain */
	__u32 upper;    /* as in the set; 0: the way is free */
};

struct table_copy {
	struct tally_memory table;
	size_t bytes;                         /* of the copies, which are one mapping */
	struct copied_way *ways;              /* see table_copy__ways() */
	__u32 *lost_max;                      /* by CPU and set */
	__u64 *back[MOMENTS];                 /* counts, BUCKET_WAYS per bucket */
	struct table_query *pending[MOMENTS]; /* tally__slots_of_all() */
	__u64 unknown;                        /* any endpoint may have as much more */
};

/**
 * table_copy__new() - memory for a copy
 * @table: must stay mapped until table_copy__free()
 *
 * Return: zeros, owned by the caller; NULL if there is no memory.
 */
struct table_copy *table_copy__new(const struct tally_memory *table);

/*
 * To copy a table, which may be written to meanwhile: table_copy__take_bucket() for all buckets,
 * table_copy__begin_front(), table_copy__take_set() for all sets, then table_copy__end().
 */
void table_copy__begin_front(struct table_copy *copy);
void table_copy__end(struct table_copy *copy);

/**
 * table_copy__take_bucket() - copy the counts of a bucket, to copy->back[BEFORE_FRONT]
 *
 * Return: false if it is empty.
 */
bool table_copy__take_bucket(struct table_copy *copy, size_t number);

/**
 * table_copy__take_set() - copy a set of one CPU
 * @number: below tally__sets()
 * @ret: the set as it was, with keys
 *
 * Return: false if it is empty.
 */
bool table_copy__take_set(struct table_copy *copy, __u32 cpu, __u32 number, struct table_set *ret);

/** table_copy__set_ways() - the ways of a set */
static inline int table_copy__set_ways(const struct table_config *config, __u32 number)
{
	return number < config->sets ? TABLE_WAYS : IPV4_WAYS;
}

/** table_copy__way_number() - the number of a set's first way */
static inline size_t table_copy__way_number(const struct table_config *config, __u32 cpu,
					    __u32 number)
{
	size_t of_cpu = (size_t)config->sets * TABLE_WAYS + (size_t)config->ipv4_sets * IPV4_WAYS;
	__u32 ipv4 = number < config->sets ? 0 : number - config->sets;

	return cpu * of_cpu + (size_t)(number - ipv4) * TABLE_WAYS + (size_t)ipv4 * IPV4_WAYS;
}

/** table_copy__ways() - the ways that were copied of a set. */
static inline struct copied_way *table_copy__ways(const struct table_copy *copy, __u32 cpu,
						  __u32 number)
{
	return &copy->ways[table_copy__way_number(&copy->table.config, cpu, number)];
}

/** table_copy__row() - any endpoint, listed or not: the bounds that tally__read() gives. */
struct tally_row table_copy__row(const struct table_copy *copy, const struct endpoint *endpoint);

/** table_copy__free() - free a copy; NULL is fine. */
void table_copy__free(struct table_copy *copy);

#endif
