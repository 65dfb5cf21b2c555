// SPDX-License-Identifier: GPL-2.0-only
// recorder: events into the journal, and from there to everybody who gets them.
#ifndef CTL_EVENTS_RECORDER_H
#define CTL_EVENTS_RECORDER_H

#include "common/events/event_cap.h"
#include "common/events/journal.h"
#include "ctl/events/notifier.h"
#include "ctl/monitor/saved_state.h"

#define RECORDER_KNOWN 256 /* records that the state on disk may not know of */

struct recorder {
	struct journal *journal; /* owned by the caller, as is: */
	struct notifier *notifier;
	struct event_cap cap;
	char gateway[EVENT_GATEWAY_BYTES];
	struct journal_line *lines; /* of events that are not written yet */
	size_t count, room;
	__u64 lost;                 /* events for which there was no memory */
	struct saved_counts before; /* by earlier runs */
	__u64 counts[EVENT_KIND_COUNT];
	/* What was written after the state of an earlier process: it is not written again. */
	struct recorder_known {
		__u64 id;
		enum event_phase phase;
	} known[RECORDER_KNOWN];
	size_t known_count;
	/* Of the events about the journal itself, and about hooks. */
	bool was_failing;
	__u64 failing_since_ns, lost_before, notify_lost_before;
};

/** recorder__event() - an event of now, to be completed and handed to recorder__emit(). */
struct event recorder__event(const struct recorder *recorder, const char *interface,
			     enum event_kind kind, enum event_phase phase,
			     enum event_severity severity);

/**
 * recorder__emit() - take an event; an event_function
 * @context: the recorder
 */
void recorder__emit(void *context, const struct event *event);

/** recorder__send() - set the id and the summary, and emit an event if the cap allows. */
void recorder__send(struct recorder *recorder, struct event *event, __u64 attached_at_ns,
		    __u64 began_ns);

/** recorder__know() - note a record that is in the journal already. */
void recorder__know(struct recorder *recorder, __u64 id, enum event_phase phase);

/**
 * recorder__flush() - write what was taken, then hand it on
 *
 * Also says what the cap held back, and what the journal or a hook has lost.
 */
void recorder__flush(struct recorder *recorder);

/** recorder__counts() - all runs together. */
struct saved_counts recorder__counts(const struct recorder *recorder);

/** recorder__free() - free its lines. */
void recorder__free(struct recorder *recorder);

#endif
