// SPDX-License-Identifier: GPL-2.0-only
// watch: interfaces read again and again, with the differences, through resets and re-attachment.
//
// The maps that were read last stay open. When they are replaced, by a reset or by detaching and
// attaching again, they still tell what they had counted until then, so that no SYN falls between
// two intervals.
#ifndef CTL_MONITOR_WATCH_H
#define CTL_MONITOR_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment.h"
#include "common/counts/interval.h"
#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

enum watched_state {
	WATCHED_COUNTING,
	WATCHED_STALE,    /* our pins are there, but the interface does not run our program */
	WATCHED_DETACHED, /* the interface is there, without us */
	WATCHED_GONE,     /* there is no such interface */
	WATCHED_FAILED,   /* it cannot be read: see why */
	WATCHED_STATES,
};

/* By enum watched_state, as they stand in JSON. */
extern const char *const watched_state_names[WATCHED_STATES];

struct watched {
	char interface[IFNAMSIZ];
	enum watched_state state;
	int err;
	struct errmsg why; /* why it is not counting */
	/* While its pins are there: */
	struct attachment attachment;
	struct dataplane *dataplane; /* NULL: they are not */
	struct snapshot snapshot;    /* the last one, its sources filtered */
	struct table_history histories[TABLE_COUNT];
	__u64 read_at_ns;
	/* Between the last two readings, or zeros after the first one. */
	struct interval interval;
};

struct watch {
	const char *const *names; /* ends with NULL; empty: every interface with pins of ours */
	struct source_view view;
	bool windows;  /* count the distinct sources of each interval, for which it may be one only
			*/
	bool heaviest; /* who is heaviest is enough, where the filter lets that be known */
	struct watched *list;
	size_t count;
	__u64 readings;
	__u64 read_at_ns; /* the last of them */
};

/**
 * watch__read() - read all interfaces once more
 * @watch: zeros at first, except for names and filter
 *
 * What is wrong with one interface stands in its row. Rates are sorted as the filter says.
 *
 * Return: 0, or a negative errno with @why set, for all.
 */
int watch__read(struct watch *watch, struct errmsg *why);

/** watch__reads_heaviest() - are the rows the heaviest alone? To change that, begin again. */
bool watch__reads_heaviest(const struct watch *watch);

/** watch__free() - close and free what it holds. */
void watch__free(struct watch *watch);

/** watched__mode() - the mode's name, or NULL. */
const char *watched__mode(const struct watched *watched);

#endif
