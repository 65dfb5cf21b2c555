// SPDX-License-Identifier: GPL-2.0-only
// unfinished_window: the handshakes that a victim's clients began and did not finish lately.
#ifndef COMMON_EVENTS_UNFINISHED_WINDOW_H
#define COMMON_EVENTS_UNFINISHED_WINDOW_H

#include "common/events/detect_rules.h"
#include "common/events/event.h"

/* Sums of one interval, or of several. */
struct window_sums {
	__u64 length_ns;
	struct event_bounds syns;
	__u64 closings;  /* at most */
	__u64 completed; /* at most; 0: not known */
};

/* A slot has at least a second, so that short intervals take few of them. */
#define WINDOW_SLOTS (DETECT_WINDOW_S + 2)

/* The last 10 s, in whole slots: longer where intervals are. Zeros at first. */
struct unfinished_window {
	struct window_sums slots[WINDOW_SLOTS]; /* the oldest first */
	int count;
	struct window_sums sum;
};

/** unfinished_window__add() - append an interval, and forget what is older than 10 s. */
void unfinished_window__add(struct unfinished_window *window, const struct window_sums *interval);

/** unfinished_window__trim() - forget what was before the first SYN: it cannot have finished it. */
void unfinished_window__trim(struct unfinished_window *window);

/**
 * unfinished_window__count() - SYNs of the window less what was finished, which is at most all
 * @ret_by: what the number of finished ones is from
 *
 * Return: with the bounds of SYNs; as finished ones are counted by an upper bound, at_least holds
 * for unfinished handshakes, and at_most does not.
 */
struct event_bounds unfinished_window__count(const struct unfinished_window *window,
					     enum finished_by *ret_by);

/** unfinished_window__length_ns() - at least 10 s: a shorter one counts as one without SYNs before.
 */
__u64 unfinished_window__length_ns(const struct unfinished_window *window);

#endif
