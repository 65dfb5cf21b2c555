// SPDX-License-Identifier: GPL-2.0-only
// detector_save: the open attacks of a detector as JSON, for the next process.
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/events/detector.h"
#include "common/events/detector_state.h"
#include "common/events/event_json.h"

static json_t *attack_to_json(const struct open_attack *attack, const struct victim_state *state)
{
	return json_pack("{s:o, s:b, s:b, s:I, s:I, s:I, s:[I,I,I]}", "event",
			 event__to_json(&attack->event), "announced", attack->is_announced,
			 "held_back", attack->was_held_back, "hot_ns", (json_int_t)attack->hot_ns,
			 "since_event_ns", (json_int_t)attack->since_event_ns, "calm_ns",
			 (json_int_t)(state ? state->calm_ns : 0), "before",
			 (json_int_t)attack->challenged_before, (json_int_t)attack->verified_before,
			 (json_int_t)attack->dropped_before);
}

json_t *detector__save_began(const struct event *began)
{
	const struct open_attack attack = {
		.event = *began, .is_announced = true, .hot_ns = began->time_ns};

	return attack_to_json(&attack, NULL);
}

char *detector__save(const struct detector *detector)
{
	json_t *list = json_array();
	char *text = NULL;
	int err = 0;

	for (size_t i = 0; !err && i < detector->groups.count; i++)
		err = json_array_append_new(
			list, attack_to_json(detector->groups.groups[i].attack, NULL));
	for (size_t i = 0; !err && i < detector->tracks.count; i++) {
		const struct victim_track *track = detector->tracks.tracks[i];

		if (track->attack)
			err = json_array_append_new(list,
						    attack_to_json(track->attack, &track->state));
	}
	if (!err)
		text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

/* An attack, and what belongs to its victim's state. */
struct saved_attack {
	struct open_attack attack;
	__u64 calm_ns;
};

static int read_saved_event(const json_t *json, struct event *ret, struct errmsg *why)
{
	int err = event__from_json(json, ret, why);

	if (!err && ret->kind != EVENT_ATTACK)
		err = errmsg__set(why, -EINVAL, "not an attack");
	return err;
}

static int saved_attack__read(json_t *json, struct saved_attack *ret, struct errmsg *why)
{
	struct saved_attack saved = {};
	struct open_attack *attack = &saved.attack;
	json_int_t hot_ns, since_event_ns, calm_ns, before[3];
	int announced, held_back;
	json_t *event;

	if (json_unpack(json, "{s:o, s:b, s:b, s:I, s:I, s:I, s:[I,I,I]}", "event", &event,
			"announced", &announced, "held_back", &held_back, "hot_ns", &hot_ns,
			"since_event_ns", &since_event_ns, "calm_ns", &calm_ns, "before",
			&before[0], &before[1], &before[2]))
		return errmsg__set(why, -EINVAL, "a field is missing or not valid");
	attack->is_announced = announced;
	attack->was_held_back = held_back;
	attack->hot_ns = hot_ns;
	attack->since_event_ns = since_event_ns;
	attack->challenged_before = before[0];
	attack->verified_before = before[1];
	attack->dropped_before = before[2];
	saved.calm_ns = calm_ns;
	*ret = saved;
	return read_saved_event(event, &ret->attack.event, why);
}

static int restore_victim(struct detector *detector, const struct saved_attack *saved,
			  struct open_attack *attack)
{
	struct victim_track *track = victim_tracks__get(&detector->tracks, detector->rules,
							&attack->event.attack.victim);

	if (!track)
		return -ENOMEM;
	if (track->attack)
		return -EEXIST;
	track->attack = attack;
	track->state.under_attack = true;
	track->state.cause = attack->event.attack.cause;
	track->state.calm_ns = saved->calm_ns;
	return 0;
}

static int restore_attack(struct detector *detector, const struct saved_attack *saved)
{
	const struct event_attack *fields = &saved->attack.event.attack;
	const struct prefix prefix = {.network = fields->victim, .bits = fields->prefix_bits};
	struct open_attack *attack = open_attack__copy(&saved->attack);
	int err;

	if (!attack)
		return -ENOMEM;
	err = prefix.bits ? attack_groups__add(&detector->groups, &prefix, attack)
			  : restore_victim(detector, saved, attack);
	if (err)
		free(attack);
	else if (attack->is_announced)
		detector->origin.cap->attacks++;
	return err;
}

static int restore_all(struct detector *detector, const json_t *list, struct errmsg *why)
{
	struct saved_attack saved;
	json_t *json;
	size_t i;
	int err;

	json_array_foreach (list, i, json) {
		err = saved_attack__read(json, &saved, why);
		if (!err)
			err = restore_attack(detector, &saved);
		if (err)
			return errmsg__prefix(why, err, "open attack %zu: ", i + 1);
	}
	return 0;
}

int detector__restore(struct detector *detector, const char *text, size_t bytes, struct errmsg *why)
{
	json_error_t error;
	json_t *list = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);
	int err;

	if (!json_is_array(list)) {
		err = errmsg__set(why, -EINVAL, "not a list of attacks: %s",
				  list ? "" : UTF8_PRINTABLE(error.text));
		json_decref(list);
		return err;
	}
	err = restore_all(detector, list, why);
	json_decref(list);
	if (!err)
		return 0;
	attack_groups__free(&detector->groups, detector->origin.cap);
	victim_tracks__free(&detector->tracks, detector->origin.cap);
	return err;
}
