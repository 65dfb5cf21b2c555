// SPDX-License-Identifier: GPL-2.0-only
// open_attack: an attack that goes on, with the event that says so; of one victim, or of a prefix.
#include "common/events/open_attack.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

#define UPDATE_NS (60 * NS_PER_S)
#define CRITICAL_FACTOR 10

/* With fewer SYNs the number of their sources says little. */
#define SPOOFED_MIN_SYNS 200

struct event attack_origin__event(const struct attack_origin *origin, enum event_kind kind,
				  __u64 time_ns)
{
	struct event event = {.time_ns = time_ns, .kind = kind};

	memcpy(event.interface, origin->interface, sizeof(event.interface));
	memcpy(event.gateway, origin->gateway, sizeof(event.gateway));
	return event;
}

void attack_origin__emit(const struct attack_origin *origin, struct event *event)
{
	event__summarize(event);
	origin->emit(origin->context, event);
}

struct open_attack *open_attack__new(const struct attack_origin *origin, __u64 time_ns)
{
	struct open_attack *attack = calloc(1, sizeof(*attack));

	if (!attack)
		return NULL;
	attack->event = attack_origin__event(origin, EVENT_ATTACK, time_ns);
	attack->event.attack.began_ns = attack->hot_ns = time_ns;
	attack->event.attack.victims = 1;
	return attack;
}

struct open_attack *open_attack__copy(const struct open_attack *attack)
{
	struct open_attack *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *attack;
	return copy;
}

void open_attack__set_answered(struct open_attack *attack, const struct detector_kernel *kernel)
{
	struct event_attack *fields = &attack->event.attack;

	if (!fields->answered_known) {
		attack->challenged_before = kernel->challenged;
		attack->verified_before = kernel->verified;
		attack->dropped_before = kernel->dropped;
	}
	fields->answered_known = true;
	fields->challenged = kernel->challenged - attack->challenged_before;
	fields->verified = kernel->verified - attack->verified_before;
	fields->dropped = kernel->dropped - attack->dropped_before;
}

static __u64 share_of(__u64 count, __u64 others)
{
	return count > others ? count - others : 0;
}

/*
 * Of what is known of the interface, at least the part that others' SYNs do not account for is the
 * victim's. As many sources as SYNs: addresses are made up, unless handshakes are completed.
 */
static enum event_answer judge_spoofed(const struct detector_interval *interval,
				       const struct event_bounds *syns,
				       const struct event_bounds *distinct)
{
	__u64 others_at_most = share_of(interval->syns, syns->at_least);
	bool completes = interval->completed_known;

	if (completes && 2 * share_of(interval->completed, others_at_most) >= syns->at_most)
		return ANSWER_NO;
	if (!interval->distinct_known)
		return ANSWER_UNKNOWN;
	if (5 * distinct->at_most <= syns->at_least)
		return ANSWER_NO;
	return syns->at_least >= SPOOFED_MIN_SYNS && 5 * distinct->at_least >= 4 * syns->at_most &&
			       (!completes || 20 * interval->completed < syns->at_least)
		       ? ANSWER_YES
		       : ANSWER_UNKNOWN;
}

static void open_attack__describe(struct event_attack *attack,
				  const struct detector_interval *interval,
				  const struct event_bounds *syns)
{
	struct event_bounds distinct = {
		.at_least = share_of(interval->distinct.at_least,
				     share_of(interval->syns, syns->at_least)),
		.at_most = interval->distinct.at_most < syns->at_most ? interval->distinct.at_most
								      : syns->at_most,
	};

	attack->distinct_known = interval->distinct_known;
	attack->distinct_sources = distinct;
	attack->spoofed = judge_spoofed(interval, syns, &distinct);
	attack->source_count = interval->source_count < EVENT_MAX_SOURCES ? interval->source_count
									  : EVENT_MAX_SOURCES;
	if (attack->source_count)
		memcpy(attack->sources, interval->sources,
		       attack->source_count * sizeof(attack->sources[0]));
}

void open_attack__add(struct open_attack *attack, const struct detector_interval *interval,
		      const struct event_bounds *syns, bool is_hot)
{
	struct event_attack *fields = &attack->event.attack;

	fields->syns_pps = (double)syns->at_least * NS_PER_S / interval->interval_ns;
	fields->syns.at_least += syns->at_least;
	fields->syns.at_most += syns->at_most;
	if (is_hot)
		attack->hot_ns = interval->time_ns;
	if (fields->syns_pps < fields->peak_pps)
		return;
	fields->peak_pps = fields->syns_pps;
	open_attack__describe(fields, interval, syns);
}

static enum event_severity severity_of(const struct event_attack *attack)
{
	__u64 judged = attack->cause == CAUSE_UNFINISHED
			       ? attack->unfinished.at_least / DETECT_WINDOW_S
			       : attack->syns_pps;

	return attack->spoofed == ANSWER_YES || judged > CRITICAL_FACTOR * attack->threshold_pps
		       ? SEVERITY_CRITICAL
		       : SEVERITY_WARNING;
}

static void open_attack__emit(struct open_attack *attack, const struct attack_origin *origin,
			      enum event_phase phase, __u64 time_ns)
{
	struct event *event = &attack->event;

	event->time_ns = time_ns;
	event->phase = phase;
	event->severity = phase == PHASE_ENDED ? SEVERITY_NOTICE : severity_of(&event->attack);
	attack->since_event_ns = 0;
	attack_origin__emit(origin, event);
}

static void open_attack__begin(struct open_attack *attack, const struct attack_origin *origin,
			       const struct detector_interval *interval)
{
	struct event_cap *cap = origin->cap;

	if (cap->attacks < EVENT_CAP_ATTACKS && event_cap__take(cap)) {
		cap->attacks++;
		attack->is_announced = true;
		open_attack__emit(attack, origin, PHASE_BEGAN, interval->time_ns);
	} else if (!attack->was_held_back) {
		attack->was_held_back = true;
		event_cap__hold_back(cap, EVENT_ATTACK);
	}
}

void open_attack__announce(struct open_attack *attack, const struct attack_origin *origin,
			   const struct detector_interval *interval)
{
	if (!attack->is_announced) {
		open_attack__begin(attack, origin, interval);
		return;
	}
	attack->since_event_ns += interval->interval_ns;
	if (attack->since_event_ns >= UPDATE_NS && event_cap__take(origin->cap))
		open_attack__emit(attack, origin, PHASE_UPDATE, interval->time_ns);
}

void open_attack__end(struct open_attack *attack, const struct attack_origin *origin, __u64 time_ns)
{
	if (attack->is_announced) {
		attack->event.attack.ended_ns = attack->hot_ns;
		event_cap__force(origin->cap);
		open_attack__emit(attack, origin, PHASE_ENDED, time_ns);
	}
	open_attack__free(attack, origin->cap);
}

void open_attack__free(struct open_attack *attack, struct event_cap *cap)
{
	if (attack && attack->is_announced)
		cap->attacks--;
	free(attack);
}
