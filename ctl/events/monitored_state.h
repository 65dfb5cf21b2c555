// SPDX-License-Identifier: GPL-2.0-only
// monitored_state: what is known of an interface between two readings.
#ifndef CTL_EVENTS_MONITORED_STATE_H
#define CTL_EVENTS_MONITORED_STATE_H

#include "common/events/detector.h"
#include "ctl/events/recorder.h"
#include "ctl/monitor/watch.h"

struct monitored {
	char interface[IFNAMSIZ];
	bool was_counting;    /* in the last reading */
	bool is_known;        /* it was attached at some time: the rest is set */
	bool has_window;      /* the estimate of distinct sources began with the last reading */
	bool policy_is_known; /* what it was in the last reading */
	__u64 attached_at_ns;
	__u32 program_id;
	__u32 regimes; /* 1 << enum table */
	struct policy_standing policy;
	struct detector *detector; /* NULL while it does not count */
};

/* What all have in common; owned by the caller. */
struct monitoring {
	struct recorder *recorder;
	const struct detect_rules *rules;
	bool continues; /* an earlier run has left a state */
};

#endif
