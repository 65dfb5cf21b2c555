// SPDX-License-Identifier: GPL-2.0-only
// tally: the two tiers of a table, read in place and merged into endpoints with bounds.
#ifndef COMMON_COUNTS_TALLY_H
#define COMMON_COUNTS_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/abi.h"

/* An endpoint with its bounds: at_least <= true count <= at_most. */
struct tally_row {
	struct endpoint endpoint;
	__u64 at_least;
	__u64 at_most;
};

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
struct tally_memory {
	struct table_config config;
	bool without_seeds; /* config.seeds are unknown: some bounds are wider */
	__u32 cpus;
	const struct cpu_counters *counters; /* by CPU, for pending keys; NULL: none */
	const struct table_set *front;       /* cpus times config.sets */
	const struct table_bucket *back;     /* config.buckets; NULL: no such table */
};

/* A bound that a set holds. At the end of its 32 bits the true value may be larger. */
static inline __u64 tally__bound(__u32 bound)
{
	return bound == ~0u ? 1ull << 48 : bound;
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

/** tally__sort() - sort the rows. */
void tally__sort(struct tally *tally);

/**
 * tally__copy_set() - a set as it was between two replacements, with valid entries only
 *
 * A set whose writer does not finish is copied as one without entries that may have lost anything:
 * this widens the bounds of its endpoints to the total.
 */
void tally__copy_set(const struct table_set *set, struct table_set *ret);

/** tally__is_valid() - false if a key cannot be one of the program's. */
bool tally__is_valid(const struct endpoint *endpoint);

/** tally__copy_pending() - the key that is pending on a CPU; family 0: none. */
void tally__copy_pending(const struct cpu_counters *counters, struct endpoint *ret);

/** tally__free() - free what a tally holds; zeros are fine. */
void tally__free(struct tally *tally);

#endif
