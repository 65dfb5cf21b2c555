// SPDX-License-Identifier: GPL-2.0-only
// detector: which victims are under attack: intervals in, events out. No clock, no kernel, no I/O.
//
// A calm victim is under attack
//  - by its rate: level = max(0, level + SYNs - above x dt) exceeds above x 1 s. A steady rate of
//    `above` or less never does;
//  - by unfinished handshakes: over the last 10 s, U = SYNs - finished exceeds `unfinished` x 10 s,
//    and half of the SYNs. `finished` is an upper bound, so U is a lower one.
// It is calm again after `hold` seconds in a row with a rate below `below`, and with U/10 s below
// half of `unfinished` if that was the cause; but not while it would begin again. SYNs are judged
// by at_least for a beginning and by at_most for an end: a reading that is not sure neither starts
// nor ends anything. For victims of a policy's `protect` rule the kernel judges, and its state is
// the cause.
#ifndef COMMON_EVENTS_DETECTOR_H
#define COMMON_EVENTS_DETECTOR_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/events/detect_rules.h"
#include "common/events/detector_interval.h"
#include "common/events/event_cap.h"

struct json_t; /* of Jansson */

/* Where its intervals come from, for its events. */
struct detector_origin {
	const char *interface;
	const char *gateway;
	__u64 attached_at_ns;
	__u64 nominal_ns; /* of an interval; readings more than three of them apart leave a gap */
};

struct detector;

/**
 * detector__new() - a detector of one interface, with all victims calm
 * @rules: must outlive it
 * @cap: shared with others; must outlive it
 * @emit: called with each event, in order
 *
 * Return: to be freed by detector__free(), or NULL without memory.
 */
struct detector *detector__new(const struct detector_origin *origin,
			       const struct detect_rules *rules, struct event_cap *cap,
			       event_function *emit, void *context);

/**
 * detector__feed() - judge the next interval
 *
 * Return: 0, or -ENOMEM: then the detector can only be freed.
 */
int detector__feed(struct detector *detector, const struct detector_interval *interval);

/** detector__open_attacks() - how many of its attacks began and have not ended. */
size_t detector__open_attacks(const struct detector *detector);

/** detector__each_open() - hand each open attack to a function, as an update that is not counted.
 */
void detector__each_open(const struct detector *detector, event_function *visit, void *context);

/**
 * detector__set_evidence() - the file of an open attack, for its further events
 * @id: unknown ones are ignored
 */
void detector__set_evidence(struct detector *detector, __u64 id, const char *file);

/**
 * detector__end_all() - end all open attacks, as last seen: the interface is gone, for example
 * @time_ns: since 1970
 */
void detector__end_all(struct detector *detector, __u64 time_ns);

/**
 * detector__save() - its open attacks as JSON, one line without a newline
 *
 * Return: to be freed with free(3), or NULL without memory.
 */
char *detector__save(const struct detector *detector);

/**
 * detector__save_began() - what detector__save() has of an attack that has just begun
 * @began: the event that says so
 *
 * Return: a JSON object, owned by the caller; NULL without memory.
 */
struct json_t *detector__save_began(const struct event *began);

/**
 * detector__restore() - take over what detector__save() wrote, in an earlier process
 * @text: @bytes long; of any origin
 *
 * For a new detector. The attacks are open again, without another beginning; if their victims are
 * calm, the next intervals end them after `hold`.
 *
 * Return: 0, or a negative errno with @why set, and the detector as before.
 */
int detector__restore(struct detector *detector, const char *text, size_t bytes,
		      struct errmsg *why);

/** detector__free() - free; NULL is fine. Open attacks leave the cap without an event. */
void detector__free(struct detector *detector);

#endif
