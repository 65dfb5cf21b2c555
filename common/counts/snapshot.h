// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted.
#ifndef COMMON_COUNTS_SNAPSHOT_H
#define COMMON_COUNTS_SNAPSHOT_H

#include <stdbool.h>

#include "common/abi/abi.h"
#include "common/counts/policy_counts.h"
#include "common/counts/tally.h"

/* What not every kind of dataplane supports; X(constant, name in JSON). */
#define FEATURES(X)                                \
	X(FEATURE_VICTIMS, "victims")              \
	X(FEATURE_REPLACEMENT, "replacement")      \
	X(FEATURE_DISTINCT, "distinct_sources")    \
	X(FEATURE_WINDOWS, "distinct_in_interval") \
	X(FEATURE_CPUS, "cpus")                    \
	X(FEATURE_FRAGMENTS, "fragments")

#define FEATURE_CONSTANT(constant, name) constant,
enum feature { FEATURES(FEATURE_CONSTANT) FEATURE_COUNT };
#undef FEATURE_CONSTANT

extern const char *const feature_names[FEATURE_COUNT];

/*
 * The counters reconcile: packets = sum of classes; syns = sum of at_least over sources +
 * unattributed; see also struct policy_counts. All hold while frames arrive as well: a SYN whose
 * source was not in the table when the sources were read is unattributed in this snapshot.
 */
struct snapshot {
	__u64 packets;
	__u64 bytes;
	__u64 verdicts[VERDICT_COUNT];
	__u64 classes[CLASS_COUNT];
	__u64 syns;
	__u64 unattributed;
	__u64 unaccounted;        /* frames on CPUs without counters: passed, in no class */
	bool exact;               /* every source is in the table, with its true count */
	bool distinct_is_exact;   /* exact, and all sources were read */
	bool distinct_known;      /* exact or estimated */
	__u64 distinct_sources;   /* counted, or else estimated */
	bool window_is_known;     /* false: another process has restarted it, or it is not open */
	__u64 distinct_in_window; /* estimated; see dataplane__restart_window() */
	__u64 completed_missed;   /* see handshake_pins__missed() */
	struct tally tallies[TABLE_COUNT];
	struct policy_counts policy;
	const char *const *unsupported; /* see dataplane__unsupported() */
};

/* What a table counts; see TABLES(). */
struct table_kind {
	const char *table; /* the table's name */
	const char *name;  /* of what it counts, in JSON */
	const char *label; /* of a column */
	enum table list;   /* shown in the rows of this table */
	int total_class;   /* holds all that it attributes; CLASS_COUNT: no class does */
};

extern const struct table_kind table_kinds[TABLE_COUNT];

/** table_kind__has_sources() - true if a table's endpoints are sources, false for victims. */
static inline bool table_kind__has_sources(enum table table)
{
	return table_kinds[table].list != TABLE_VICTIMS;
}

/** snapshot__is_unsupported() - why a feature is not supported, or NULL: it is. */
const char *snapshot__is_unsupported(const struct snapshot *snapshot, enum feature feature);

/** snapshot__free() - free what a snapshot holds; zeros are fine. */
void snapshot__free(struct snapshot *snapshot);

/* The names of classes and verdicts in JSON, and labels and remarks for tables. */
extern const char *const frame_class_names[CLASS_COUNT];
extern const char *const frame_class_labels[CLASS_COUNT];
extern const char *const frame_class_remarks[CLASS_COUNT];
extern const char *const verdict_names[VERDICT_COUNT];

#endif
