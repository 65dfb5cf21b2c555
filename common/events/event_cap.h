// SPDX-License-Identifier: GPL-2.0-only
// event_cap: how many events there may be: a limit of their rate, and of attacks at a time.
#ifndef COMMON_EVENTS_EVENT_CAP_H
#define COMMON_EVENTS_EVENT_CAP_H

#include <stdbool.h>

#include "common/events/event.h"

#define EVENT_CAP_PER_SECOND 10
#define EVENT_CAP_BURST 100
#define EVENT_CAP_ATTACKS 64

/* Shared by all detectors of a process. See event_cap__start(). */
struct event_cap {
	double tokens;
	int attacks;                       /* that began and have not ended */
	__u64 held_back[EVENT_KIND_COUNT]; /* since the last event__suppressed() */
};

/** event_cap__start() - a full burst, nothing held back. */
void event_cap__start(struct event_cap *cap);

/** event_cap__pass_time() - once an interval, before its events. */
void event_cap__pass_time(struct event_cap *cap, __u64 interval_ns);

/** event_cap__take() - true if an event may go out now; it counts as one that did. */
bool event_cap__take(struct event_cap *cap);

/**
 * event_cap__force() - an event goes out in any case, such as the end of a state whose beginning
 * did
 *
 * It counts all the same, so that others wait.
 */
void event_cap__force(struct event_cap *cap);

/** event_cap__hold_back() - note an event that does not go out. */
void event_cap__hold_back(struct event_cap *cap, enum event_kind kind);

/**
 * event_cap__suppressed() - once an interval, after its events: what was held back
 * @ret: kind, phase, severity and counts are set; the rest stays as the caller has set it
 *
 * Return: false if nothing was.
 */
bool event_cap__suppressed(struct event_cap *cap, struct event *ret);

#endif
