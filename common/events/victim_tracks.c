// SPDX-License-Identifier: GPL-2.0-only
// victim_tracks: the victims that a detector follows.
#include "common/events/victim_tracks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* Return: the place of a victim, or where it is to be inserted. */
static size_t track_place(const struct victim_tracks *tracks, const struct endpoint *endpoint)
{
	size_t low = 0, high = tracks->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (endpoint__compare(&tracks->tracks[middle]->endpoint, endpoint) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool reserve_track(struct victim_tracks *tracks)
{
	size_t capacity = tracks->capacity ? 2 * tracks->capacity : FIRST_CAPACITY;
	struct victim_track **grown;

	if (tracks->count < tracks->capacity)
		return true;
	grown = reallocarray(tracks->tracks, capacity, sizeof(*grown));
	if (!grown)
		return false;
	tracks->tracks = grown;
	tracks->capacity = capacity;
	return true;
}

struct victim_track *victim_tracks__get(struct victim_tracks *tracks,
					const struct detect_rules *rules,
					const struct endpoint *endpoint)
{
	size_t place = track_place(tracks, endpoint);
	struct victim_track *track;

	if (place < tracks->count && !endpoint__compare(&tracks->tracks[place]->endpoint, endpoint))
		return tracks->tracks[place];
	if (!reserve_track(tracks))
		return NULL;
	track = calloc(1, sizeof(*track));
	if (!track)
		return NULL;
	track->endpoint = *endpoint;
	track->thresholds = detect_rules__find(rules, endpoint, &track->rule);
	memmove(&tracks->tracks[place + 1], &tracks->tracks[place],
		(tracks->count++ - place) * sizeof(tracks->tracks[0]));
	tracks->tracks[place] = track;
	return track;
}

static __u64 threshold_of(const struct victim_track *track, const struct detector_victim *victim)
{
	if (track->state.cause == CAUSE_KERNEL)
		return victim->kernel.above_pps;
	return track->state.cause == CAUSE_UNFINISHED ? track->thresholds->unfinished_pps
						      : track->thresholds->above_pps;
}

static void set_numbers(struct victim_track *track, const struct detector_victim *victim)
{
	struct event_attack *fields = &track->attack->event.attack;

	fields->unfinished = unfinished_window__count(&track->state.window, &fields->unfinished_by);
	/* Finished ones are counted by an upper bound: no SYN is known to be finished. */
	fields->unfinished.at_most = track->state.window.sum.syns.at_most;
	if (victim->kernel.judges)
		open_attack__set_answered(track->attack, &victim->kernel);
}

void victim_track__update(struct victim_track *track, const struct detector_interval *interval,
			  const struct detector_victim *victim)
{
	track->syns = victim->syns;
	open_attack__add(track->attack, interval, &victim->syns, track->state.is_hot);
	set_numbers(track, victim);
}

int victim_track__begin(struct victim_track *track, const struct attack_origin *origin,
			const struct detector_interval *interval,
			const struct detector_victim *victim)
{
	bool by_kernel = track->state.cause == CAUSE_KERNEL;
	struct event_attack *fields;

	track->attack = open_attack__new(origin, interval->time_ns);
	if (!track->attack)
		return -ENOMEM;
	fields = &track->attack->event.attack;
	fields->victim = track->endpoint;
	fields->cause = track->state.cause;
	fields->threshold_pps = threshold_of(track, victim);
	snprintf(track->attack->event.rule, POLICY_NAME_BYTES, "%s",
		 by_kernel ? victim->kernel.rule : track->rule);
	event__identify(&track->attack->event, origin->attached_at_ns, fields->began_ns);
	victim_track__update(track, interval, victim);
	/* It has been going on during the window. */
	if (track->state.cause == CAUSE_UNFINISHED)
		fields->syns = track->state.window.sum.syns;
	return 0;
}

void victim_track__end(struct victim_track *track, const struct attack_origin *origin,
		       __u64 time_ns)
{
	open_attack__end(track->attack, origin, time_ns);
	track->attack = NULL;
	track->has_ended = false;
}

void victim_tracks__forget(struct victim_tracks *tracks)
{
	size_t kept = 0;

	for (size_t i = 0; i < tracks->count; i++) {
		struct victim_track *track = tracks->tracks[i];

		if (victim_state__is_forgettable(&track->state))
			free(track);
		else
			tracks->tracks[kept++] = track;
	}
	tracks->count = kept;
}

void victim_tracks__free(struct victim_tracks *tracks, struct event_cap *cap)
{
	for (size_t i = 0; i < tracks->count; i++) {
		open_attack__free(tracks->tracks[i]->attack, cap);
		free(tracks->tracks[i]);
	}
	free(tracks->tracks);
	*tracks = (struct victim_tracks){};
}
