// SPDX-License-Identifier: GPL-2.0-only
// interval_reading: what was counted in an interval, as a detector needs it.
#ifndef COMMON_EVENTS_INTERVAL_READING_H
#define COMMON_EVENTS_INTERVAL_READING_H

#include "common/counts/interval.h"
#include "common/events/detector_interval.h"

/* The lists of @interval are in the others. */
struct interval_reading {
	struct detector_interval interval;
	struct detector_victim *victims;
	struct event_source sources[EVENT_MAX_SOURCES];
};

/**
 * interval_reading__make() - from the tables of an interval
 * @snapshot: at the end of the interval
 * @time_ns: of its end, since 1970
 * @window_is_ours: snapshot->distinct_in_window is that of this interval
 *
 * Without a rule's threshold: `protect` rules have theirs in the policy.
 *
 * Return: 0 with *@ret to be freed by interval_reading__free(), or -ENOMEM.
 */
int interval_reading__make(const struct interval *interval, const struct snapshot *snapshot,
			   __u64 time_ns, bool window_is_ours, struct interval_reading *ret);

/** interval_reading__free() - free its lists. */
void interval_reading__free(struct interval_reading *reading);

#endif
