// SPDX-License-Identifier: GPL-2.0-only
// event_json: events as JSON; see event__write() and event__read() for lines of it.
#ifndef COMMON_EVENTS_EVENT_JSON_H
#define COMMON_EVENTS_EVENT_JSON_H

#include "common/events/event.h"

struct json_t; /* of Jansson */

/** event__to_json() - the event of a line. Return: owned by the caller, or NULL without memory. */
struct json_t *event__to_json(const struct event *event);

/**
 * event__from_json() - the reverse
 * @json: of any origin; may be NULL
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int event__from_json(const struct json_t *json, struct event *ret, struct errmsg *why);

#endif
