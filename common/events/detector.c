// SPDX-License-Identifier: GPL-2.0-only
// detector: which victims are under attack: intervals in, events out. No clock, no kernel, no I/O.
#include "common/events/detector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/events/detector_state.h"

#define GAP_INTERVALS 3

struct detector *detector__new(const struct detector_origin *origin,
			       const struct detect_rules *rules, struct event_cap *cap,
			       event_function *emit, void *context)
{
	struct detector *detector = calloc(1, sizeof(*detector));

	if (!detector)
		return NULL;
	detector->rules = rules;
	detector->nominal_ns = origin->nominal_ns;
	detector->origin = (struct attack_origin){
		.attached_at_ns = origin->attached_at_ns,
		.cap = cap,
		.emit = emit,
		.context = context,
	};
	snprintf(detector->origin.interface, IFNAMSIZ, "%s", origin->interface);
	snprintf(detector->origin.gateway, EVENT_GATEWAY_BYTES, "%s", origin->gateway);
	return detector;
}

static void report_gap(const struct detector *detector, const struct detector_interval *interval)
{
	struct event event = attack_origin__event(&detector->origin, EVENT_LOSS, interval->time_ns);

	if (interval->interval_ns <= GAP_INTERVALS * detector->nominal_ns)
		return;
	event.phase = PHASE_POINT;
	event.severity = SEVERITY_NOTICE;
	event.loss = (struct event_loss){
		.where = LOSS_UNOBSERVED,
		.from_ns = interval->time_ns - interval->interval_ns,
		.to_ns = interval->time_ns,
	};
	event__identify(&event, detector->origin.attached_at_ns, event.loss.from_ns);
	if (event_cap__take(detector->origin.cap))
		attack_origin__emit(&detector->origin, &event);
	else
		event_cap__hold_back(detector->origin.cap, EVENT_LOSS);
}

/* Of a victim without a row, the SYNs and FINs are not known. */
static struct detector_victim unlisted_victim(const struct detector_interval *interval,
					      const struct endpoint *endpoint)
{
	return (struct detector_victim){
		.endpoint = *endpoint,
		.syns.at_most = interval->unlisted_at_most,
		.closings_at_most = interval->closings,
	};
}

static int judge_victim(struct detector *detector, const struct detector_interval *interval,
			const struct detector_victim *victim, struct victim_track *track)
{
	const struct victim_reading reading = {
		.sums = {.length_ns = interval->interval_ns,
			 .syns = victim->syns,
			 .closings = interval->closings_by_victim ? victim->closings_at_most
								  : interval->closings,
			 .completed = interval->completed_known ? interval->completed : 0},
		.at_most_holds = !interval->restarted,
		.kernel_judges = victim->kernel.judges,
		.is_armed = victim->kernel.is_armed,
	};
	enum victim_step step;

	/* The closings of earlier SYNs may have been lost. */
	if (interval->restarted)
		track->state.window = (struct unfinished_window){};
	step = victim_state__judge(&track->state, track->thresholds, &reading);
	track->has_ended = step == STEP_ENDED;
	if (step == STEP_BEGAN)
		return victim_track__begin(track, &detector->origin, interval, victim);
	if (track->attack)
		victim_track__update(track, interval, victim);
	return 0;
}

static int judge_listed(struct detector *detector, const struct detector_interval *interval)
{
	for (size_t i = 0; i < interval->victim_count; i++) {
		const struct detector_victim *victim = &interval->victims[i];
		struct victim_track *track =
			victim_tracks__get(&detector->tracks, detector->rules, &victim->endpoint);
		int err = track ? judge_victim(detector, interval, victim, track) : -ENOMEM;

		if (err)
			return err;
		track->is_listed = true;
	}
	return 0;
}

static int judge_unlisted(struct detector *detector, const struct detector_interval *interval)
{
	for (size_t i = 0; i < detector->tracks.count; i++) {
		struct victim_track *track = detector->tracks.tracks[i];
		struct detector_victim victim = unlisted_victim(interval, &track->endpoint);
		int err = track->is_listed ? 0 : judge_victim(detector, interval, &victim, track);

		track->is_listed = false;
		if (err)
			return err;
	}
	return 0;
}

/* First what ends: it leaves room for others. */
static void end_attacks(struct detector *detector, __u64 time_ns)
{
	struct victim_tracks *tracks = &detector->tracks;

	attack_groups__end(&detector->groups, &detector->origin, time_ns);
	for (size_t i = 0; i < tracks->count; i++)
		if (tracks->tracks[i]->has_ended)
			victim_track__end(tracks->tracks[i], &detector->origin, time_ns);
}

/* An attack that was announced before its group keeps its own events. */
static bool has_own_events(const struct detector *detector, const struct victim_track *track)
{
	return track->attack && (track->attack->is_announced ||
				 !attack_groups__has(&detector->groups, &track->endpoint));
}

static void announce_attacks(struct detector *detector, const struct detector_interval *interval)
{
	const struct attack_origin *origin = &detector->origin;

	for (size_t i = 0; i < detector->groups.count; i++)
		open_attack__announce(detector->groups.groups[i].attack, origin, interval);
	for (size_t i = 0; i < detector->tracks.count; i++)
		if (has_own_events(detector, detector->tracks.tracks[i]))
			open_attack__announce(detector->tracks.tracks[i]->attack, origin, interval);
}

int detector__feed(struct detector *detector, const struct detector_interval *interval)
{
	int err;

	report_gap(detector, interval);
	err = judge_listed(detector, interval);
	if (!err)
		err = judge_unlisted(detector, interval);
	if (err)
		return err;
	err = attack_groups__update(&detector->groups, &detector->tracks, &detector->origin,
				    interval);
	if (err)
		return err;
	end_attacks(detector, interval->time_ns);
	announce_attacks(detector, interval);
	victim_tracks__forget(&detector->tracks);
	return 0;
}

/* Calls a function for each attack, announced or not. */
static void each_attack(const struct detector *detector,
			void (*visit)(struct open_attack *attack, void *context), void *context)
{
	for (size_t i = 0; i < detector->groups.count; i++)
		visit(detector->groups.groups[i].attack, context);
	for (size_t i = 0; i < detector->tracks.count; i++)
		if (detector->tracks.tracks[i]->attack)
			visit(detector->tracks.tracks[i]->attack, context);
}

static void count_open(struct open_attack *attack, void *context)
{
	*(size_t *)context += attack->is_announced;
}

size_t detector__open_attacks(const struct detector *detector)
{
	size_t count = 0;

	each_attack(detector, count_open, &count);
	return count;
}

struct open_visit {
	event_function *visit;
	void *context;
};

static void visit_open(struct open_attack *attack, void *context)
{
	const struct open_visit *visit = context;
	struct event event = attack->event;

	if (!attack->is_announced)
		return;
	event.phase = PHASE_UPDATE;
	event__summarize(&event);
	visit->visit(visit->context, &event);
}

void detector__each_open(const struct detector *detector, event_function *visit, void *context)
{
	struct open_visit all = {visit, context};

	each_attack(detector, visit_open, &all);
}

struct evidence_note {
	__u64 id;
	const char *file;
};

static void note_evidence(struct open_attack *attack, void *context)
{
	const struct evidence_note *note = context;

	if (attack->event.id == note->id)
		snprintf(attack->event.attack.evidence, EVENT_FILE_BYTES, "%s", note->file);
}

void detector__set_evidence(struct detector *detector, __u64 id, const char *file)
{
	struct evidence_note note = {id, file};

	each_attack(detector, note_evidence, &note);
}

void detector__end_all(struct detector *detector, __u64 time_ns)
{
	for (size_t i = 0; i < detector->groups.count; i++)
		detector->groups.groups[i].has_victims = false;
	for (size_t i = 0; i < detector->tracks.count; i++)
		detector->tracks.tracks[i]->has_ended = detector->tracks.tracks[i]->attack;
	end_attacks(detector, time_ns);
	victim_tracks__free(&detector->tracks, detector->origin.cap);
}

void detector__free(struct detector *detector)
{
	if (!detector)
		return;
	attack_groups__free(&detector->groups, detector->origin.cap);
	victim_tracks__free(&detector->tracks, detector->origin.cap);
	free(detector);
}
