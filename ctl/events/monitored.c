// SPDX-License-Identifier: GPL-2.0-only
// monitored: an interface over time, and the events that it makes.
#include "ctl/events/monitored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/events/interval_reading.h"
#include "ctl/events/attachment_events.h"

static int monitored_detect(struct monitored *monitored, struct monitoring *monitoring)
{
	const struct detector_origin origin = {
		.interface = monitored->interface,
		.gateway = monitoring->recorder->gateway,
		.attached_at_ns = monitored->attached_at_ns,
		.nominal_ns = NS_PER_S,
	};

	monitored->detector = detector__new(&origin, monitoring->rules, &monitoring->recorder->cap,
					    recorder__emit, monitoring->recorder);
	return monitored->detector ? 0 : -ENOMEM;
}

int monitored__restore(struct monitored *monitored, struct monitoring *monitoring,
		       const struct saved_interface *saved, struct errmsg *why)
{
	char *attacks = json_dumps(saved->attacks, JSON_COMPACT);
	int err = attacks ? 0 : -ENOMEM;

	memcpy(monitored->interface, saved->interface, IFNAMSIZ);
	monitored->is_known = monitored->was_counting = true;
	monitored->attached_at_ns = saved->attached_at_ns;
	monitored->program_id = saved->program_id;
	monitored->regimes = saved->regimes;
	if (!err)
		err = monitored_detect(monitored, monitoring);
	if (!err)
		err = detector__restore(monitored->detector, attacks, strlen(attacks), why);
	free(attacks);
	return err;
}

/* Its maps are new: open attacks go on in a detector of the new ones. */
static int monitored_renew(struct monitored *monitored, struct monitoring *monitoring)
{
	struct detector *former = monitored->detector;
	char *attacks = former ? detector__save(former) : NULL;
	int err = former && !attacks ? -ENOMEM : monitored_detect(monitored, monitoring);

	if (!err && attacks) {
		detector__free(former);
		err = detector__restore(monitored->detector, attacks, strlen(attacks), NULL);
	}
	free(attacks);
	return err;
}

static void send_regime(struct monitored *monitored, struct monitoring *monitoring,
			enum table table, enum event_phase phase, __u64 unlisted_at_most)
{
	struct event event =
		recorder__event(monitoring->recorder, monitored->interface, EVENT_REGIME, phase,
				phase == PHASE_BEGAN ? SEVERITY_NOTICE : SEVERITY_INFO);

	event.regime.table = table;
	event.regime.unlisted_at_most = unlisted_at_most;
	recorder__send(monitoring->recorder, &event, monitored->attached_at_ns, 0);
	monitored->regimes ^= 1u << table;
}

/* A table that has bounds keeps them until it is reset. */
static void check_regimes(struct monitored *monitored, struct monitoring *monitoring,
			  const struct snapshot *snapshot)
{
	static const enum table tables[] = {TABLE_SOURCES, TABLE_VICTIMS};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct tally *tally = &snapshot->tallies[tables[i]];
		bool has_bounds =
			tables[i] == TABLE_SOURCES ? !snapshot->exact : tally->unlisted_at_most > 0;

		if (tally->counted && has_bounds && !(monitored->regimes >> tables[i] & 1))
			send_regime(monitored, monitoring, tables[i], PHASE_BEGAN,
				    tally->unlisted_at_most);
	}
}

static void end_regimes(struct monitored *monitored, struct monitoring *monitoring)
{
	for (int table = 0; table < TABLE_COUNT; table++)
		if (monitored->regimes >> table & 1)
			send_regime(monitored, monitoring, table, PHASE_ENDED, 0);
}

/* It does not count any more: what is open was last seen in the last reading. */
static void monitored_end(struct monitored *monitored)
{
	if (monitored->detector)
		detector__end_all(monitored->detector, clock__wall_ns());
	detector__free(monitored->detector);
	monitored->detector = NULL;
	monitored->was_counting = monitored->has_window = monitored->policy_is_known = false;
}

static int monitored_begin(struct monitored *monitored, struct monitoring *monitoring,
			   const struct attachment *attachment)
{
	bool is_new = monitored->attached_at_ns != attachment->record.attached_at_ns;
	int err = 0;

	if (is_new && monitored->is_known)
		end_regimes(monitored, monitoring);
	monitored->attached_at_ns = attachment->record.attached_at_ns;
	monitored->program_id = attachment->program.id;
	if (is_new || !monitored->detector)
		err = monitored_renew(monitored, monitoring);
	if (is_new)
		monitored->has_window = false;
	monitored->was_counting = monitored->is_known = true;
	return err;
}

static int monitored_feed(const struct monitored *monitored, const struct watched *watched)
{
	struct interval_reading reading;
	int err = interval_reading__make(&watched->interval, &watched->snapshot, clock__wall_ns(),
					 monitored->has_window, &reading);

	if (err)
		return err;
	err = detector__feed(monitored->detector, &reading.interval);
	interval_reading__free(&reading);
	return err;
}

int monitored__follow(struct monitored *monitored, struct monitoring *monitoring,
		      const struct watched *watched, bool has_interval)
{
	int err;

	/* Unknown is not gone: what cannot be read now is read later. */
	if (watched && watched->state == WATCHED_FAILED)
		return 0;
	attachment_events__send(monitored, monitoring, watched);
	if (!watched || watched->state != WATCHED_COUNTING || !watched->dataplane) {
		monitored_end(monitored);
		return 0;
	}
	err = monitored_begin(monitored, monitoring, &watched->attachment);
	if (err)
		return err;
	policy_events__send(monitored, monitoring, watched);
	check_regimes(monitored, monitoring, &watched->snapshot);
	if (has_interval && watched->interval.interval_ns)
		err = monitored_feed(monitored, watched);
	monitored->has_window = true;
	return err;
}

int monitored__save(const struct monitored *monitored, struct saved_state *state)
{
	struct saved_interface *saved;
	char *attacks;

	if (!monitored->was_counting)
		return 0;
	saved = saved_state__add(state, monitored->interface);
	attacks = saved ? detector__save(monitored->detector) : NULL;
	if (!attacks)
		return -ENOMEM;
	saved->attached_at_ns = monitored->attached_at_ns;
	saved->program_id = monitored->program_id;
	saved->regimes = monitored->regimes;
	json_decref(saved->attacks);
	saved->attacks = json_loads(attacks, 0, NULL) ?: json_array();
	free(attacks);
	return 0;
}

void monitored__free(struct monitored *monitored)
{
	detector__free(monitored->detector);
	monitored->detector = NULL;
}
