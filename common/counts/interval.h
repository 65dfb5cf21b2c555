// SPDX-License-Identifier: GPL-2.0-only
// interval: what was counted between two snapshots, in all and for each source and victim.
#ifndef COMMON_COUNTS_INTERVAL_H
#define COMMON_COUNTS_INTERVAL_H

#include <stdbool.h>

#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

/* An endpoint, and what it got in the interval: gained_at_least <= true <= gained_at_most. */
struct interval_row {
	struct tally_row total;
	__u64 delta; /* by how much at_least grew: what was attributed to it in the interval */
	__u64 delta_at_least;
	__u64 delta_at_most;
};

struct interval_table {
	struct interval_row *rows; /* in the order of the snapshot, until interval__sort() */
	size_t count;
	__u64 total; /* all that were to be attributed in the interval */
	__u64 delta; /* sum over all endpoints, or rows where those are all */
	/* Of endpoints without a row: none has a total, or has gained, more than this. */
	__u64 rest_total;
	__u64 rest_delta;
};

/*
 * The books of an interval: packets = sum of classes; syns = sum of gained over sources +
 * unattributed. The latter is below zero where SYNs of the interval before have got their source
 * only now.
 */
struct interval {
	__u64 interval_ns;
	bool restarted; /* counting has begun from zero in between */
	__u64 packets;
	__u64 bytes;
	__u64 verdicts[VERDICT_COUNT];
	__u64 classes[CLASS_COUNT];
	__u64 syns;
	__s64 unattributed;
	struct interval_table tables[TABLE_COUNT];
};

/**
 * interval__add() - add what was counted from one snapshot to the next one
 * @interval: zeros at first; adding twice joins intervals, such as those before and after a reset
 * @before: NULL where counting began from zero in between
 * @after: of the same maps, or smaller, which is taken for a restart. No true count ever shrinks:
 *	   where a row reads less than it did, for it was moving, it is raised to that again
 * @view: how both were folded
 *
 * Return: 0, or -ENOMEM with @interval to be freed all the same.
 */
int interval__add(struct interval *interval, const struct snapshot *before, struct snapshot *after,
		  const struct source_view *view);

/** interval__sort() - by totals, or by what was gained. */
void interval__sort(struct interval_table *table, enum source_order order);

/** interval__is_proven() - has no endpoint without a row more than this one, by that order? */
bool interval__is_proven(const struct interval_table *table, const struct interval_row *row,
			 enum source_order order);

/** interval__per_second() - a number of the interval as a rate. */
double interval__per_second(const struct interval *interval, __u64 count);

/** interval__free() - free what it holds; one of zeros is fine. */
void interval__free(struct interval *interval);

#endif
