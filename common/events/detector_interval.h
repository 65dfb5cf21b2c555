// SPDX-License-Identifier: GPL-2.0-only
// detector_interval: what one interface has counted between two readings, as a detector needs it.
#ifndef COMMON_EVENTS_DETECTOR_INTERVAL_H
#define COMMON_EVENTS_DETECTOR_INTERVAL_H

#include <stdbool.h>

#include "common/events/event.h"

#define DETECTOR_MAX_VICTIMS 1000 /* of an interval */

/* What a `protect` rule of a policy says of a victim. */
struct detector_kernel {
	bool judges; /* false: the rest is zeros */
	bool is_armed;
	char rule[POLICY_NAME_BYTES];
	__u64 above_pps;
	__u64 challenged, verified, dropped; /* in total */
};

/* A victim with SYNs in an interval. */
struct detector_victim {
	struct endpoint endpoint;
	struct event_bounds syns;
	__u64 closings_at_most; /* FINs and RSTs of its port; if closings_by_victim */
	struct detector_kernel kernel;
};

/* What one interface has counted between two readings. */
struct detector_interval {
	__u64 time_ns;     /* of its end, since 1970 */
	__u64 interval_ns; /* its length, more than 0 */
	bool restarted;    /* counting restarted in between: upper bounds do not hold */
	__u64 syns;        /* to all victims */
	__u64 closings;    /* FINs and RSTs of the interface */
	bool closings_by_victim;
	bool completed_known;
	__u64 completed; /* handshakes of all victims */
	bool distinct_known;
	struct event_bounds distinct; /* sources of the interval */
	const struct detector_victim *victims;
	size_t victim_count;
	__u64 unlisted_at_most;             /* SYNs of any victim that is not in the list */
	const struct event_source *sources; /* the heaviest, with their SYNs of the interval */
	size_t source_count;
	/* Completed handshakes of the sources, in their order; NULL: not known. */
	const struct event_bounds *sources_completed;
};

#endif
