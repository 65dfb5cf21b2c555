// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#ifndef COMMON_SNAPSHOT_H
#define COMMON_SNAPSHOT_H

#include <stddef.h>

#include "abi.h"
#include "errmsg.h"

struct dataplane;

/* A source with its bounds: at_least <= true count <= at_most. */
struct snapshot_source {
	struct source source;
	__u64 at_least;
	__u64 at_most;
};

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
	__u64 source_failures;           /* the kernel's own count of SYNs that found no place */
	struct snapshot_source *sources; /* most SYNs first, equal ones by address */
	size_t source_count;
};

/**
 * snapshot__read() - read a dataplane's maps
 *
 * Return: 0 with *@ret to be freed by snapshot__free(), or a negative errno with @why set.
 */
int snapshot__read(const struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

/** snapshot__free() - free what a snapshot holds; one of zeros is fine. */
void snapshot__free(struct snapshot *snapshot);

/** source__text() - an address as inet_ntop(3) prints it; @buf has SOURCE_TEXT_BYTES. */
const char *source__text(const struct source *source, char *buf);
#define SOURCE_TEXT_BYTES 46

/** source__parse() - the reverse. Return: 0 with *@ret set, or -EINVAL. */
int source__parse(const char *text, struct source *ret);

/** source__compare() - an order for qsort(3) and bsearch(3): IPv4 first, then by address. */
int source__compare(const struct source *a, const struct source *b);

/* The classes' and verdicts' names, as they stand in JSON, and labels for people. */
extern const char *const frame_class_names[CLASS_COUNT];
extern const char *const frame_class_labels[CLASS_COUNT];
extern const char *const frame_class_remarks[CLASS_COUNT];
extern const char *const verdict_names[VERDICT_COUNT];

#endif
