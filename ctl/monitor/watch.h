// SPDX-License-Identifier: GPL-2.0-only
// watch: repeated readings of interfaces, with the differences, across resets and re-attachment.
//
// The maps of the last reading stay open. After a reset, or a detach and attach, the old maps are
// read once more before they are closed, so that no SYN is lost between two intervals.
#ifndef CTL_MONITOR_WATCH_H
#define CTL_MONITOR_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment.h"
#include "common/counts/heaviest.h"
#include "common/counts/interval.h"
#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

enum watched_state {
	WATCHED_COUNTING,
	WATCHED_STALE,    /* pinned, but the interface does not run the program */
	WATCHED_DETACHED, /* the interface exists and has no program of ours */
	WATCHED_GONE,     /* the interface does not exist */
	WATCHED_FAILED,   /* it cannot be read; the reason is in why */
	WATCHED_STATES,
};

/* Names in JSON, by enum watched_state. */
extern const char *const watched_state_names[WATCHED_STATES];

struct watched {
	char interface[IFNAMSIZ];
	enum watched_state state;
	int err;
	struct errmsg why;    /* set when err is */
	bool is_comparable;   /* the next snapshot to this one, row by row */
	__u64 quiet_readings; /* the latest ones, without a frame that tables count */
	bool was_attached;    /* in an earlier reading or this one */
	/* Valid while dataplane is set: */
	struct attachment attachment;
	struct dataplane *dataplane; /* NULL: it has no pins, or they cannot be opened */
	struct snapshot snapshot;    /* the latest; sources as the view shows them */
	struct table_history histories[TABLE_COUNT];
	__u64 read_at_ns;
	/* Between the last two readings; after the first one, totals without increments.
	 * All zeros without rates. */
	struct interval interval;
};

struct watch {
	const char *const *names; /* NULL-terminated; empty: every attached interface */
	struct source_view view;
	bool rates;    /* compute intervals, for which a copy of each table is kept */
	bool windows;  /* estimate each interval's distinct sources; one watch at a time can */
	bool heaviest; /* read only the heaviest rows, unless the view needs all of them */
	bool keeps_detached; /* keep what was once attached, instead of dropping it */
	struct watched *list;
	size_t count;
	__u64 readings;
	__u64 rate_readings; /* the latest ones in a row with rates; the first has no increments */
	__u64 read_at_ns;    /* when the latest reading began */
};

/**
 * watch__read() - take one more reading of all interfaces
 * @watch: all zeros before the first reading, except for what configures it: names to
 * keeps_detached
 *
 * An interface that cannot be read has its error in its own row and does not fail the call.
 * Tables are sorted by the view's order.
 *
 * Return: 0, or a negative errno with @why set.
 */
int watch__read(struct watch *watch, struct errmsg *why);

/**
 * watch__check_names() - make sure that there is something to show of the named interfaces
 *
 * Return: 0 if one of them has counts, or there are no names; else the first one's error, with @why
 * set.
 */
int watch__check_names(const struct watch *watch, struct errmsg *why);

/** watch__find() - an interface of the latest reading, or NULL. */
struct watched *watch__find(const struct watch *watch, const char *interface);

/** names__include() - true if one is the interface; NULL-terminated; NULL or no names: all. */
bool names__include(const char *const *names, const char *interface);

/** watch__reads_heaviest() - true if only the heaviest rows are read; a change needs a new watch.
 */
bool watch__reads_heaviest(const struct watch *watch);

/** watch__free() - close and free everything it holds. */
void watch__free(struct watch *watch);

/** watched__mode() - name of the mode in which the program runs; NULL: it does not run. */
const char *watched__mode(const struct watched *watched);

#endif
