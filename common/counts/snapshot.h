// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#ifndef COMMON_COUNTS_SNAPSHOT_H
#define COMMON_COUNTS_SNAPSHOT_H

#include <stdbool.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"
#include "common/counts/table_copy.h"
#include "common/counts/tally.h"
#include "common/dataplane/dataplane.h"

/*
 * The books: packets = sum of classes; syns = sum of at_least over sources + unattributed.
 * What was read while frames arrive keeps both: a SYN whose source was not yet there when the
 * sources were read is unattributed in this snapshot.
 */
struct snapshot {
	__u64 packets;
	__u64 bytes;
	__u64 verdicts[VERDICT_COUNT];
	__u64 classes[CLASS_COUNT];
	__u64 syns;
	__u64 unattributed;
	bool exact;               /* every source is in the table, with its true count */
	bool distinct_is_exact;   /* and all were read: */
	bool distinct_known;      /* exact, or there is an estimate */
	__u64 distinct_sources;   /* counted, or else estimated */
	__u64 distinct_in_window; /* estimated; see dataplane__restart_window() */
	__u64 completed_missed;   /* see handshakes__missed() */
	struct tally tallies[TABLE_COUNT];
	const char *const *unsupported; /* see dataplane__unsupported() */
};

/* What a table counts. */
struct table_kind {
	const char *table; /* its own name */
	const char *name;  /* of what it counts, in JSON */
	const char *label; /* of a column for people */
	enum table list;   /* it is shown beside the rows of TABLE_SOURCES or TABLE_VICTIMS */
};

extern const struct table_kind table_kinds[TABLE_COUNT];

/**
 * snapshot__read() - read a dataplane's maps, without stopping who writes them
 *
 * Return: 0 with *@ret to be freed by snapshot__free(), or a negative errno with @why set.
 */
int snapshot__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

/**
 * snapshot__read_heaviest() - the same, at little cost, with rows of the heaviest endpoints alone
 * @histories: one for each table, kept by the caller from one reading to the next, and freed by it
 *	    before the dataplane is closed
 */
int snapshot__read_heaviest(struct dataplane *dataplane, struct table_history *histories,
			    struct snapshot *ret, struct errmsg *why);

/**
 * snapshot__read_counts() - frames, bytes, verdicts, classes and SYNs alone, which takes no time
 *
 * Return: 0 with *@ret set, which holds nothing to be freed, or a negative errno with @why set.
 */
int snapshot__read_counts(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

/** snapshot__is_unsupported() - why a feature is not offered, or NULL: it is. */
const char *snapshot__is_unsupported(const struct snapshot *snapshot, enum feature feature);

/** snapshot__free() - free what a snapshot holds; one of zeros is fine. */
void snapshot__free(struct snapshot *snapshot);

/* The classes' and verdicts' names, as they stand in JSON, and labels for people. */
extern const char *const frame_class_names[CLASS_COUNT];
extern const char *const frame_class_labels[CLASS_COUNT];
extern const char *const frame_class_remarks[CLASS_COUNT];
extern const char *const verdict_names[VERDICT_COUNT];

#endif
