// SPDX-License-Identifier: GPL-2.0-only
// event_format: events as other tools know them: Elastic's common schema, and Suricata's EVE.
#ifndef COMMON_EVENTS_EVENT_FORMAT_H
#define COMMON_EVENTS_EVENT_FORMAT_H

#include "common/events/event.h"

#define EVENT_FORMAT_BYTES (2 * EVENT_MAX_BYTES)

enum event_format { EVENT_FORMAT_XDPCTL, EVENT_FORMAT_ECS, EVENT_FORMAT_EVE };

extern const char *const event_format_names[]; /* by enum event_format, ending with NULL */

/**
 * event__format() - a line of JSON in a format, with its newline
 *
 * What a format has no field for is below `xdpctl`: the event as event__write() writes it.
 *
 * Return: its length, or -ENOMEM.
 */
int event__format(const struct event *event, enum event_format format,
		  char buf[EVENT_FORMAT_BYTES]);

#endif
