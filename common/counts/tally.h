// SPDX-License-Identifier: GPL-2.0-only
// tally: the two tiers of a table, read where they lie and merged into endpoints with bounds.
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
	bool counted;           /* the table is there */
	struct tally_row *rows; /* most (at_least) first, equal ones by address */
	size_t count;
	__u64 total;            /* all that were to be attributed */
	__u64 attributed;       /* sum of at_least */
	__u64 unlisted_at_most; /* no endpoint that the table does not list has had more */
	/*
	 * Where the rows are the heaviest alone: what the table has of the others. Each of them has
	 * at_least no more than the first number, which has grown by no more than the second.
	 */
	const struct table_copy *copy; /* NULL: every endpoint has its row */
	__u64 rest_total;
	__u64 rest_delta;
};

/* Where a table lies. */
struct tally_memory {
	struct table_config config;
	__u32 cpus;
	const struct cpu_counters *counters; /* by CPU, where a key is pending; NULL: nowhere */
	const struct table_set *front;       /* cpus times config.sets */
	const struct table_bucket *back;     /* config.buckets; NULL: the table is not there */
};

/* A bound out of a set. One that has reached the end of its 32 bits may have passed it. */
static inline __u64 tally__bound(__u32 bound)
{
	return bound == ~0u ? 1ull << 48 : bound;
}

/**
 * tally__read() - read a table that may be written to meanwhile
 *
 * The bounds hold for a moment during the reading: at_least for its end, at_most for its start.
 * The total is the caller's to fill in.
 *
 * Return: 0 with *@ret to be freed by tally__free(), or -ENOMEM.
 */
int tally__read(const struct tally_memory *memory, struct tally *ret);

/** tally__sort() - bring the rows into their order. */
void tally__sort(struct tally *tally);

/** tally__copy_set() - a set as it was between two replacements. */
void tally__copy_set(const struct table_set *set, struct table_set *ret);

/** tally__copy_pending() - the key that waits on a CPU to be counted; its family is 0: none. */
void tally__copy_pending(const struct cpu_counters *counters, struct endpoint *ret);

/** tally__free() - free what a tally holds; one of zeros is fine. */
void tally__free(struct tally *tally);

/** hll__estimate() - how many distinct endpoints gave these registers (HLL_REGISTERS of them). */
double hll__estimate(const __u8 *registers);

#endif
