// SPDX-License-Identifier: GPL-2.0-only
// victim_tracks: the victims that a detector follows.
#ifndef COMMON_EVENTS_VICTIM_TRACKS_H
#define COMMON_EVENTS_VICTIM_TRACKS_H

#include "common/events/detect_rules.h"
#include "common/events/open_attack.h"
#include "common/events/victim_state.h"

struct victim_track {
	struct endpoint endpoint;
	const struct detect_thresholds *thresholds; /* of its rule */
	const char *rule;
	struct victim_state state;
	struct open_attack *attack; /* NULL: it is calm, and was before the last interval */
	struct event_bounds syns;   /* of the last interval; of an attack */
	bool has_ended;             /* the attack, in the last interval */
	bool is_listed;             /* in the interval that is being judged */
};

/* Zeros: none. */
struct victim_tracks {
	struct victim_track **tracks; /* by endpoint__compare() */
	size_t count, capacity;
};

/**
 * victim_tracks__get() - the track of a victim, a new one of a calm victim if it has none
 * @rules: must outlive the tracks
 *
 * Return: owned by the tracks; NULL without memory.
 */
struct victim_track *victim_tracks__get(struct victim_tracks *tracks,
					const struct detect_rules *rules,
					const struct endpoint *endpoint);

/**
 * victim_track__begin() - the victim's state has become an attack, in this interval
 *
 * Return: 0, or -ENOMEM.
 */
int victim_track__begin(struct victim_track *track, const struct attack_origin *origin,
			const struct detector_interval *interval,
			const struct detector_victim *victim);

/** victim_track__update() - another interval of its attack. */
void victim_track__update(struct victim_track *track, const struct detector_interval *interval,
			  const struct detector_victim *victim);

/** victim_track__end() - emit the end of its attack if it was announced, and free that. */
void victim_track__end(struct victim_track *track, const struct attack_origin *origin,
		       __u64 time_ns);

/** victim_tracks__forget() - free the tracks of victims that have been calm for long. */
void victim_tracks__forget(struct victim_tracks *tracks);

/** victim_tracks__free() - free all. Attacks that were announced leave the cap. */
void victim_tracks__free(struct victim_tracks *tracks, struct event_cap *cap);

#endif
