// SPDX-License-Identifier: GPL-2.0-only
// detector_state: what a detector consists of; for the files that implement it.
#ifndef COMMON_EVENTS_DETECTOR_STATE_H
#define COMMON_EVENTS_DETECTOR_STATE_H

#include "common/events/attack_groups.h"
#include "common/events/open_attack.h"
#include "common/events/victim_tracks.h"

struct detector {
	struct attack_origin origin;
	__u64 nominal_ns;
	const struct detect_rules *rules;
	struct victim_tracks tracks;
	struct attack_groups groups;
};

#endif
