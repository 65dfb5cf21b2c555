// SPDX-License-Identifier: GPL-2.0-only
// victim_state: one victim, calm or under attack: the rule of detector.h.
#ifndef COMMON_EVENTS_VICTIM_STATE_H
#define COMMON_EVENTS_VICTIM_STATE_H

#include <stdbool.h>

#include "common/events/unfinished_window.h"

/* Zeros: calm. */
struct victim_state {
	bool under_attack;
	enum attack_cause cause; /* of the attack */
	bool is_hot;             /* the last interval was not calm */
	__u64 level_syn_ns; /* SYNs times 1e9: those above the rate `above`; of a calm victim */
	__u64 calm_ns;      /* of a victim under attack: in a row */
	struct unfinished_window window;
};

enum victim_step { STEP_NONE, STEP_BEGAN, STEP_ENDED };

/* What an interval says about a victim. */
struct victim_reading {
	struct window_sums sums;
	bool at_most_holds; /* false: counting restarted */
	bool kernel_judges; /* a policy's `protect` rule does */
	bool is_armed;      /* and that is what it says */
};

/** victim_state__judge() - the next interval of a victim. Return: what it changes. */
enum victim_step victim_state__judge(struct victim_state *state,
				     const struct detect_thresholds *thresholds,
				     const struct victim_reading *reading);

/** victim_state__is_forgettable() - true if a new state would be no different. */
bool victim_state__is_forgettable(const struct victim_state *state);

#endif
