// SPDX-License-Identifier: GPL-2.0-only
// open_attack: an attack that goes on, with the event that says so; of one victim, or of a prefix.
#ifndef COMMON_EVENTS_OPEN_ATTACK_H
#define COMMON_EVENTS_OPEN_ATTACK_H

#include <stdbool.h>

#include "common/events/detect_rules.h"
#include "common/events/detector_interval.h"
#include "common/events/event_cap.h"

/* What all events of a detector have in common. */
struct attack_origin {
	char interface[IFNAMSIZ];
	char gateway[EVENT_GATEWAY_BYTES];
	__u64 attached_at_ns;
	struct event_cap *cap;
	event_function *emit;
	void *context;
};

struct open_attack {
	struct event event;   /* the next one about it; its phase and severity are not set */
	bool is_announced;    /* it began for whoever gets events */
	bool was_held_back;   /* by the cap */
	__u64 hot_ns;         /* the end of its last interval that was not calm, since 1970 */
	__u64 since_event_ns; /* since the last event about it */
	/* Of its rule before it began. */
	__u64 challenged_before, verified_before, dropped_before;
};

/** attack_origin__event() - an event of that origin, without what the kind needs. */
struct event attack_origin__event(const struct attack_origin *origin, enum event_kind kind,
				  __u64 time_ns);

/** attack_origin__emit() - set the summary, and hand the event on. */
void attack_origin__emit(const struct attack_origin *origin, struct event *event);

/**
 * open_attack__new() - an attack that begins now, without subject and numbers
 *
 * Return: to be freed by free(3), or by open_attack__end(); NULL without memory.
 */
struct open_attack *open_attack__new(const struct attack_origin *origin, __u64 time_ns);

/** open_attack__copy() - a copy of one. Return: as open_attack__new(). */
struct open_attack *open_attack__copy(const struct open_attack *attack);

/** open_attack__set_answered() - what its rule has done in total: what it did since the first call
 * counts. */
void open_attack__set_answered(struct open_attack *attack, const struct detector_kernel *kernel);

/**
 * open_attack__add() - another interval of it
 * @syns: to its victims in the interval
 * @is_hot: the interval was not calm
 */
void open_attack__add(struct open_attack *attack, const struct detector_interval *interval,
		      const struct event_bounds *syns, bool is_hot);

/** open_attack__announce() - emit its beginning, or an update, if it is time and the cap allows. */
void open_attack__announce(struct open_attack *attack, const struct attack_origin *origin,
			   const struct detector_interval *interval);

/** open_attack__end() - emit its end if it was announced, and free it. */
void open_attack__end(struct open_attack *attack, const struct attack_origin *origin,
		      __u64 time_ns);

/** open_attack__free() - free it without an event; NULL is fine. If it was announced, it leaves the
 * cap.
 */
void open_attack__free(struct open_attack *attack, struct event_cap *cap);

#endif
