// SPDX-License-Identifier: GPL-2.0-only
// saved_state: what `events run` knows of its interfaces, on disk for the next run and for metrics.
#include "ctl/monitor/saved_state.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/output_file.h"
#include "common/events/detector.h"
#include "common/events/journal_reader.h"

#define STATE_MODE 0640
#define STATE_SCHEMA 1

struct saved_interface *saved_state__find(const struct saved_state *state, const char *interface)
{
	for (size_t i = 0; i < state->count; i++)
		if (!strcmp(state->interfaces[i].interface, interface))
			return &state->interfaces[i];
	return NULL;
}

struct saved_interface *saved_state__add(struct saved_state *state, const char *interface)
{
	struct saved_interface *grown = calloc(state->count + 1, sizeof(*grown));
	json_t *attacks = json_array();

	if (!grown || !attacks) {
		free(grown);
		json_decref(attacks);
		return NULL;
	}
	if (state->count)
		memcpy(grown, state->interfaces, state->count * sizeof(*grown));
	free(state->interfaces);
	state->interfaces = grown;
	grown[state->count].attacks = attacks;
	snprintf(grown[state->count].interface, IFNAMSIZ, "%s", interface);
	return &grown[state->count++];
}

static int saved_interface_read(struct saved_state *state, json_t *json)
{
	json_int_t attached_at_ns, program_id, regimes;
	struct saved_interface *saved;
	const char *interface;
	json_t *attacks;

	if (json_unpack(json, "{s:s, s:I, s:I, s:I, s:o}", "interface", &interface,
			"attached_at_ns", &attached_at_ns, "program_id", &program_id, "regimes",
			&regimes, "attacks", &attacks) ||
	    !json_is_array(attacks) || strlen(interface) >= IFNAMSIZ ||
	    saved_state__find(state, interface))
		return -EBADMSG;
	saved = saved_state__add(state, interface);
	if (!saved)
		return -ENOMEM;
	saved->attached_at_ns = attached_at_ns;
	saved->program_id = program_id;
	saved->regimes = regimes;
	json_decref(saved->attacks);
	saved->attacks = json_incref(attacks);
	return 0;
}

static int read_hooks(json_t *list, struct saved_counts *ret)
{
	json_int_t failures;
	const char *name;
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		if (json_unpack(item, "{s:s, s:I}", "name", &name, "failures", &failures) ||
		    i == NOTIFY_MAX_HOOKS || failures < 0)
			return -EBADMSG;
		snprintf(ret->hooks[i].name, sizeof(ret->hooks[i].name), "%s", name);
		ret->hooks[ret->hook_count++].failures = failures;
	}
	return 0;
}

static int read_counts(json_t *json, struct saved_counts *ret)
{
	json_int_t journal_lost, notify_lost;
	json_t *events, *hooks;

	if (json_unpack(json, "{s:o, s:{s:I, s:I}, s:o}", "events", &events, "lost", "journal",
			&journal_lost, "notify", &notify_lost, "hooks", &hooks) ||
	    journal_lost < 0 || notify_lost < 0)
		return -EBADMSG;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		json_int_t count =
			json_integer_value(json_object_get(events, event_kind_names[kind]));

		ret->events[kind] = count > 0 ? count : 0;
	}
	ret->journal_lost = journal_lost;
	ret->notify_lost = notify_lost;
	return read_hooks(hooks, ret);
}

static int read_state(json_t *json, struct saved_state *ret)
{
	json_int_t schema, sequence, time_ns;
	json_t *list, *item;
	size_t i;
	int err = 0;

	if (json_unpack(json, "{s:I, s:I, s:I, s:o}", "schema", &schema, "sequence", &sequence,
			"time_ns", &time_ns, "interfaces", &list) ||
	    schema != STATE_SCHEMA || sequence < 0 || time_ns < 0)
		return -EBADMSG;
	ret->sequence = sequence;
	ret->time_ns = time_ns;
	err = read_counts(json_object_get(json, "counts"), &ret->counts);
	if (err)
		return err;
	json_array_foreach (list, i, item) {
		err = saved_interface_read(ret, item);
		if (err)
			break;
	}
	return err;
}

/* The number of an attack in the list of an interface, or that of all. */
static size_t find_attack(const struct saved_interface *saved, __u64 id)
{
	char text[EVENT_ID_TEXT_BYTES];
	json_t *attack;
	size_t i;

	event__id_text(id, text);
	json_array_foreach (saved->attacks, i, attack) {
		const char *known =
			json_string_value(json_object_get(json_object_get(attack, "event"), "id"));

		if (known && !strcmp(known, text))
			break;
	}
	return i;
}

static void apply_attack(struct saved_interface *saved, const struct event *event)
{
	size_t number = find_attack(saved, event->id);

	if (event->phase == PHASE_ENDED) {
		json_array_remove(saved->attacks, number);
		return;
	}
	if (event->phase == PHASE_BEGAN && number == json_array_size(saved->attacks))
		json_array_append_new(saved->attacks, detector__save_began(event));
}

static void saved_state__remove(struct saved_state *state, struct saved_interface *saved)
{
	json_decref(saved->attacks);
	state->count--;
	memmove(saved, saved + 1,
		(state->interfaces + state->count - saved) * sizeof(*state->interfaces));
}

/* Since when a program of an event is attached is not known. */
static void apply_attachment(struct saved_state *state, struct saved_interface *saved,
			     const struct event_attachment *event)
{
	bool counts = event->state == ATTACHMENT_ATTACHED || event->state == ATTACHMENT_RESET ||
		      event->state == ATTACHMENT_UPGRADED;

	if (!counts) {
		saved_state__remove(state, saved);
		return;
	}
	saved->program_id = event->program_id;
	saved->attached_at_ns = 0;
}

static void apply_event(struct saved_state *state, const struct event *event)
{
	struct saved_interface *saved = saved_state__find(state, event->interface);

	if (!saved && event->interface[0])
		saved = saved_state__add(state, event->interface);
	if (!saved)
		return;
	if (event->kind == EVENT_ATTACK)
		apply_attack(saved, event);
	else if (event->kind == EVENT_ATTACHMENT)
		apply_attachment(state, saved, &event->attachment);
	else if (event->kind == EVENT_REGIME && event->phase == PHASE_BEGAN)
		saved->regimes |= 1u << event->regime.table;
	else if (event->kind == EVENT_REGIME && event->phase == PHASE_ENDED)
		saved->regimes &= ~(1u << event->regime.table);
}

/* Records that this version does not understand change nothing. */
static int apply_journal(const char *directory, event_function *see, void *context,
			 struct saved_state *state, struct errmsg *why)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct event event;
	int got;

	got = journal_reader__open(directory, state->sequence, &reader, why);
	if (got)
		return got == -ENOENT ? 0 : got;
	while ((got = journal_reader__next(reader, &record, why)) == 1) {
		state->sequence = record.sequence;
		if (event__read(record.line, record.bytes, &event, NULL))
			continue;
		apply_event(state, &event);
		see(context, &event);
	}
	journal_reader__close(reader);
	return got;
}

int saved_state__read(const char *directory, struct saved_state *ret)
{
	char path[PATH_MAX];
	struct saved_state state = {};
	json_t *json;
	int err;

	snprintf(path, sizeof(path), "%s/" SAVED_STATE_FILE, directory);
	if (access(path, F_OK))
		return -errno;
	json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	err = json ? read_state(json, &state) : -EBADMSG;
	json_decref(json);
	if (err)
		saved_state__free(&state);
	else
		*ret = state;
	return err;
}

int saved_state__load(const char *directory, event_function *see, void *context,
		      struct saved_state *ret, struct errmsg *why)
{
	int err;

	*ret = (struct saved_state){};
	saved_state__read(directory, ret);
	err = apply_journal(directory, see, context, ret, why);
	if (err)
		saved_state__free(ret);
	return err;
}

static json_t *saved_interface_to_json(const struct saved_interface *saved)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:O}", "interface", saved->interface,
			 "attached_at_ns", (json_int_t)saved->attached_at_ns, "program_id",
			 (json_int_t)saved->program_id, "regimes", (json_int_t)saved->regimes,
			 "attacks", saved->attacks);
}

static json_t *counts_to_json(const struct saved_counts *counts)
{
	json_t *events = json_object(), *hooks = json_array();

	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		json_object_set_new(events, event_kind_names[kind],
				    json_integer(counts->events[kind]));
	for (size_t i = 0; i < counts->hook_count; i++)
		json_array_append_new(hooks,
				      json_pack("{s:s, s:I}", "name", counts->hooks[i].name,
						"failures", (json_int_t)counts->hooks[i].failures));
	return json_pack("{s:o, s:{s:I, s:I}, s:o}", "events", events, "lost", "journal",
			 (json_int_t)counts->journal_lost, "notify",
			 (json_int_t)counts->notify_lost, "hooks", hooks);
}

static void saved_state_print(FILE *out, const void *context)
{
	json_dumpf(context, out, JSON_COMPACT);
	fputc('\n', out);
}

int saved_state__store(const char *directory, const struct saved_state *state, struct errmsg *why)
{
	json_t *json = json_pack("{s:i, s:I, s:I, s:o, s:[]}", "schema", STATE_SCHEMA, "sequence",
				 (json_int_t)state->sequence, "time_ns", (json_int_t)state->time_ns,
				 "counts", counts_to_json(&state->counts), "interfaces");
	json_t *list = json_object_get(json, "interfaces");
	char path[PATH_MAX];
	int err = json ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < state->count; i++)
		if (json_array_append_new(list, saved_interface_to_json(&state->interfaces[i])))
			err = -ENOMEM;
	snprintf(path, sizeof(path), "%s/" SAVED_STATE_FILE, directory);
	err = err ? errmsg__set(why, err, "%s: out of memory", path)
		  : output_file__write_synced(path, STATE_MODE, saved_state_print, json, why);
	json_decref(json);
	return err;
}

void saved_state__free(struct saved_state *state)
{
	for (size_t i = 0; i < state->count; i++)
		json_decref(state->interfaces[i].attacks);
	free(state->interfaces);
	*state = (struct saved_state){};
}
