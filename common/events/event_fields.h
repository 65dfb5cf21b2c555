// SPDX-License-Identifier: GPL-2.0-only
// event_fields: the fields that an event has in JSON, in their order.
#ifndef COMMON_EVENTS_EVENT_FIELDS_H
#define COMMON_EVENTS_EVENT_FIELDS_H

#include "common/events/event.h"

struct json_t; /* of Jansson */

enum field_type {
	FIELD_U32 = 1,
	FIELD_U64,
	FIELD_WORD,   /* an enum; .words */
	FIELD_TEXT,   /* a char array of .bytes; null if it is empty */
	FIELD_BOUNDS, /* struct event_bounds */
	FIELD_OWN,    /* .write and .read */
};

struct event_field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t bytes;
	bool zero_is_null; /* of a number */
	bool has_known;    /* .known is the offset of a bool: false is null */
	size_t known;
	const char *const *words; /* end with NULL */
	struct json_t *(*write)(const void *object);
	int (*read)(void *object, const struct json_t *value);
};

/* Of all kinds; ends with an empty one. */
extern const struct event_field event_common_fields[];

/* The fields of a kind's own object, and where that is in struct event. */
struct event_object {
	const struct event_field *fields; /* end with an empty one */
	size_t offset;
};

extern const struct event_object event_objects[EVENT_KIND_COUNT];

#endif
