// SPDX-License-Identifier: GPL-2.0-only
// interval: what was counted between two snapshots, in total and for each source and victim.
#ifndef COMMON_COUNTS_INTERVAL_H
#define COMMON_COUNTS_INTERVAL_H

#include <stdbool.h>

#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

/* An endpoint and its increase in the interval: delta_at_least <= true <= delta_at_most. */
struct interval_row {
	struct tally_row total;
	__u64 delta; /* increase of at_least: attributed to it in the interval */
	__u64 delta_at_least;
	__u64 delta_at_most;
};

struct interval_table {
	struct interval_row *rows; /* in the order of the snapshot, until interval__sort() */
	size_t count;
	__u64 total; /* everything that the table attributes in the interval */
	__u64 delta; /* sum over all endpoints */
	/* No endpoint without a row has a total, or an increase, above these. */
	__u64 rest_total;
	__u64 rest_delta;
};

/*
 * The counters of an interval reconcile: packets = sum of classes; syns = sum of deltas over
 * sources
 * + unattributed. The latter is negative if SYNs of the interval before were attributed only now.
 */
struct interval {
	__u64 interval_ns;
	bool restarted; /* counting restarted from zero in the interval */
	__u64 packets;
	__u64 bytes;
	__u64 verdicts[VERDICT_COUNT];
	__u64 classes[CLASS_COUNT];
	__u64 syns;
	__s64 unattributed;
	struct interval_table tables[TABLE_COUNT];
	/* By the policy; see struct policy_counts. */
	__u64 reasons[REASON_COUNT];
	__u64 shadow[REASON_COUNT];
	struct rule_counters rules[POLICY_RULES];
	__u64 tx_failed;
};

/**
 * interval__add() - add what was counted between two snapshots
 * @interval: zeros at first; adding again joins intervals, such as those before and after a reset
 * @before: NULL if counting started from zero in between
 * @after: of the same maps; if its counts are smaller, counting restarted. True counts never
 *shrink: a row that reads less than before, because a SYN was moving, is raised to that again
 * @view: of both snapshots
 *
 * Return: 0, or -ENOMEM with @interval to be freed all the same.
 */
int interval__add(struct interval *interval, const struct snapshot *before, struct snapshot *after,
		  const struct source_view *view);

/** interval__sort() - by totals, or by increase. */
void interval__sort(struct interval_table *table, enum source_order order);

/** interval__is_proven() - true if, by that order, no endpoint without a row exceeds this one. */
bool interval__is_proven(const struct interval_table *table, const struct interval_row *row,
			 enum source_order order);

/** interval__per_second() - a count of the interval as a rate. */
double interval__per_second(const struct interval *interval, __u64 count);

/** interval__free() - free what it holds; zeros are fine. */
void interval__free(struct interval *interval);

#endif
