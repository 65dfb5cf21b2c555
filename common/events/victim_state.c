// SPDX-License-Identifier: GPL-2.0-only
// victim_state: one victim, calm or under attack: the rule of detector.h.
#include "common/events/victim_state.h"

#include "common/base/clock.h"

/* Counts times nanoseconds are compared as integers, so that a rate of exactly a threshold is one.
 */
static __u64 product(__u64 a, __u64 b)
{
	__u64 result;

	return __builtin_mul_overflow(a, b, &result) ? ~0ull : result;
}

static __u64 sum_of(__u64 a, __u64 b)
{
	return a > ~0ull - b ? ~0ull : a + b;
}

static bool exceeds_rate(struct victim_state *state, const struct detect_thresholds *thresholds,
			 const struct window_sums *sums)
{
	__u64 filled = sum_of(state->level_syn_ns, product(sums->syns.at_least, NS_PER_S));
	__u64 drained = product(thresholds->above_pps, sums->length_ns);

	state->level_syn_ns = filled > drained ? filled - drained : 0;
	return state->level_syn_ns > product(thresholds->above_pps, NS_PER_S);
}

static bool exceeds_unfinished(const struct victim_state *state,
			       const struct detect_thresholds *thresholds)
{
	const struct unfinished_window *window = &state->window;
	enum finished_by by;
	__u64 unfinished = unfinished_window__count(window, &by).at_least;

	return thresholds->unfinished_pps && unfinished > window->sum.syns.at_least / 2 &&
	       product(unfinished, NS_PER_S) >
		       product(thresholds->unfinished_pps, unfinished_window__length_ns(window));
}

static enum victim_step begin_attack(struct victim_state *state, enum attack_cause cause)
{
	state->under_attack = true;
	state->cause = cause;
	state->is_hot = true;
	state->calm_ns = 0;
	return STEP_BEGAN;
}

static enum victim_step end_attack(struct victim_state *state)
{
	state->under_attack = false;
	state->is_hot = false;
	state->level_syn_ns = 0;
	return STEP_ENDED;
}

static enum victim_step judge_calm(struct victim_state *state,
				   const struct detect_thresholds *thresholds,
				   const struct victim_reading *reading)
{
	if (reading->kernel_judges)
		return reading->is_armed && reading->sums.syns.at_most
			       ? begin_attack(state, CAUSE_KERNEL)
			       : STEP_NONE;
	if (exceeds_rate(state, thresholds, &reading->sums))
		return begin_attack(state, CAUSE_RATE);
	if (exceeds_unfinished(state, thresholds))
		return begin_attack(state, CAUSE_UNFINISHED);
	return STEP_NONE;
}

/* Unfinished handshakes are judged if they were the cause, and still are by the rules. */
static bool is_calm(const struct victim_state *state, const struct detect_thresholds *thresholds,
		    const struct victim_reading *reading)
{
	const struct unfinished_window *window = &state->window;
	enum finished_by by;
	__u64 unfinished = unfinished_window__count(window, &by).at_most;

	if (!reading->at_most_holds ||
	    product(reading->sums.syns.at_most, NS_PER_S) >=
		    product(thresholds->below_pps, reading->sums.length_ns))
		return false;
	return state->cause != CAUSE_UNFINISHED || !thresholds->unfinished_pps ||
	       product(unfinished, 2 * NS_PER_S) <
		       product(thresholds->unfinished_pps, unfinished_window__length_ns(window));
}

static enum victim_step judge_attack(struct victim_state *state,
				     const struct detect_thresholds *thresholds,
				     const struct victim_reading *reading)
{
	if (reading->kernel_judges && state->cause == CAUSE_KERNEL) {
		state->is_hot = reading->is_armed;
		return reading->is_armed ? STEP_NONE : end_attack(state);
	}
	state->is_hot = !is_calm(state, thresholds, reading);
	state->calm_ns = state->is_hot ? 0 : state->calm_ns + reading->sums.length_ns;
	/* Not one that would begin again. */
	if (state->calm_ns < product(thresholds->hold_s, NS_PER_S) ||
	    exceeds_unfinished(state, thresholds))
		return STEP_NONE;
	return end_attack(state);
}

enum victim_step victim_state__judge(struct victim_state *state,
				     const struct detect_thresholds *thresholds,
				     const struct victim_reading *reading)
{
	unfinished_window__add(&state->window, &reading->sums);
	if (state->under_attack)
		return judge_attack(state, thresholds, reading);
	unfinished_window__trim(&state->window);
	return judge_calm(state, thresholds, reading);
}

bool victim_state__is_forgettable(const struct victim_state *state)
{
	return !state->under_attack && !state->level_syn_ns && !state->window.count;
}
