// SPDX-License-Identifier: GPL-2.0-only
// recorder: events into the journal, and from there to everybody who gets them.
#include "ctl/events/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

_Static_assert(EVENT_MAX_BYTES <= JOURNAL_LINE_BYTES, "every event is a line of the journal");

struct event recorder__event(const struct recorder *recorder, const char *interface,
			     enum event_kind kind, enum event_phase phase,
			     enum event_severity severity)
{
	struct event event = {
		.time_ns = clock__wall_ns(), .kind = kind, .phase = phase, .severity = severity};

	snprintf(event.interface, sizeof(event.interface), "%s", interface);
	memcpy(event.gateway, recorder->gateway, sizeof(event.gateway));
	return event;
}

static bool recorder_knows(const struct recorder *recorder, const struct event *event)
{
	for (size_t i = 0; i < recorder->known_count; i++)
		if (recorder->known[i].id == event->id &&
		    recorder->known[i].phase == event->phase && event->phase != PHASE_UPDATE)
			return true;
	return false;
}

void recorder__know(struct recorder *recorder, __u64 id, enum event_phase phase)
{
	if (recorder->known_count < RECORDER_KNOWN)
		recorder->known[recorder->known_count++] = (struct recorder_known){id, phase};
}

void recorder__emit(void *context, const struct event *event)
{
	struct recorder *recorder = context;
	struct journal_line *grown;

	if (recorder_knows(recorder, event))
		return;
	if (recorder->count == recorder->room) {
		grown = reallocarray(recorder->lines, recorder->room + 16, sizeof(*grown));
		if (!grown) {
			recorder->lost++;
			return;
		}
		recorder->lines = grown;
		recorder->room += 16;
	}
	if (event__write(event, recorder->lines[recorder->count].text) < 0) {
		recorder->lost++;
		return;
	}
	recorder->lines[recorder->count]
		.text[strcspn(recorder->lines[recorder->count].text, "\n")] = '\0';
	recorder->count++;
	recorder->counts[event->kind]++;
}

void recorder__send(struct recorder *recorder, struct event *event, __u64 attached_at_ns,
		    __u64 began_ns)
{
	event__identify(event, attached_at_ns, began_ns);
	event__summarize(event);
	if (event_cap__take(&recorder->cap))
		recorder__emit(recorder, event);
	else
		event_cap__hold_back(&recorder->cap, event->kind);
}

/* Of an event about events: the cap does not hold it back. */
static void send_always(struct recorder *recorder, struct event *event, __u64 began_ns)
{
	event__identify(event, 0, began_ns);
	event__summarize(event);
	recorder__emit(recorder, event);
}

static void send_suppressed(struct recorder *recorder)
{
	struct event event =
		recorder__event(recorder, "", EVENT_SUPPRESSED, PHASE_POINT, SEVERITY_NOTICE);

	if (event_cap__suppressed(&recorder->cap, &event))
		send_always(recorder, &event, event.time_ns);
}

static void send_loss(struct recorder *recorder, enum event_phase phase, enum loss_place where,
		      __u64 count, const char *what)
{
	struct event event =
		recorder__event(recorder, "", EVENT_LOSS, phase,
				phase == PHASE_ENDED ? SEVERITY_NOTICE : SEVERITY_WARNING);

	event.loss.where = where;
	event.loss.count = count;
	snprintf(event.loss.what, sizeof(event.loss.what), "%s", what);
	send_always(recorder, &event,
		    phase == PHASE_POINT ? event.time_ns : recorder->failing_since_ns);
}

/* The journal fails, or works again. */
static void send_journal_state(struct recorder *recorder)
{
	const struct journal_state *state = journal__state(recorder->journal);
	bool began = state->is_failing && !recorder->was_failing;

	if (state->is_failing == recorder->was_failing)
		return;
	if (began) {
		recorder->failing_since_ns = clock__wall_ns();
		recorder->lost_before = state->lost;
	}
	recorder->was_failing = state->is_failing;
	send_loss(recorder, began ? PHASE_BEGAN : PHASE_ENDED, LOSS_JOURNAL,
		  state->lost - recorder->lost_before, began ? state->why.text : "");
}

static void send_notify_losses(struct recorder *recorder)
{
	__u64 lost = notifier__lost(recorder->notifier);

	if (lost == recorder->notify_lost_before)
		return;
	send_loss(recorder, PHASE_POINT, LOSS_NOTIFY, lost - recorder->notify_lost_before,
		  "events that a hook did not get");
	recorder->notify_lost_before = lost;
}

static void write_lines(struct recorder *recorder)
{
	journal__append(recorder->journal, recorder->lines, recorder->count, clock__now_ns());
	for (size_t i = 0; i < recorder->count; i++)
		notifier__add(recorder->notifier, recorder->lines[i].text);
	recorder->count = 0;
}

void recorder__flush(struct recorder *recorder)
{
	send_suppressed(recorder);
	send_notify_losses(recorder);
	if (recorder->count)
		write_lines(recorder);
	else
		journal__retry(recorder->journal, clock__now_ns());
	send_journal_state(recorder);
	if (recorder->count)
		write_lines(recorder);
	notifier__run(recorder->notifier);
}

/* What earlier runs have counted of a hook. */
static __u64 failures_before(const struct recorder *recorder, const char *name)
{
	for (size_t i = 0; i < recorder->before.hook_count; i++)
		if (!strcmp(recorder->before.hooks[i].name, name))
			return recorder->before.hooks[i].failures;
	return 0;
}

struct saved_counts recorder__counts(const struct recorder *recorder)
{
	struct saved_counts counts = {
		.journal_lost = recorder->before.journal_lost + recorder->lost +
				journal__state(recorder->journal)->lost,
		.notify_lost = recorder->before.notify_lost + notifier__lost(recorder->notifier),
	};

	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		counts.events[kind] = recorder->before.events[kind] + recorder->counts[kind];
	while (counts.hook_count < notifier__hooks(recorder->notifier) &&
	       counts.hook_count < NOTIFY_MAX_HOOKS) {
		struct saved_hook *saved = &counts.hooks[counts.hook_count];
		struct notifier_hook hook = notifier__hook(recorder->notifier, counts.hook_count++);

		snprintf(saved->name, sizeof(saved->name), "%s", hook.name);
		saved->failures = failures_before(recorder, hook.name) + hook.failures;
	}
	return counts;
}

void recorder__free(struct recorder *recorder)
{
	free(recorder->lines);
	recorder->lines = NULL;
	recorder->count = recorder->room = 0;
}
