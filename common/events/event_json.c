// SPDX-License-Identifier: GPL-2.0-only
// event_json: events as lines of JSON, written and read by the same tables of fields.
#include "common/events/event_json.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>

#include "common/base/utf8.h"
#include "common/events/event_fields.h"
#include "common/events/json_values.h"

static json_t *number_to_json(const struct event_field *field, __u64 number)
{
	return field->zero_is_null && !number ? json_null() : json_integer(number);
}

static json_t *field_to_json(const struct event_field *field, const void *object)
{
	const void *value = (const char *)object + field->offset;

	if (field->has_known && !*(const bool *)((const char *)object + field->known))
		return json_null();
	switch (field->type) {
	case FIELD_U32:
		return number_to_json(field, *(const __u32 *)value);
	case FIELD_U64:
		return number_to_json(field, *(const __u64 *)value);
	case FIELD_WORD:
		return json_string(field->words[*(const int *)value]);
	case FIELD_TEXT:
		return *(const char *)value ? utf8__json(value) : json_null();
	case FIELD_BOUNDS:
		return event_bounds__to_json(value);
	default:
		return field->write(object);
	}
}

static int field__read(const struct event_field *field, void *object, const json_t *json)
{
	void *value = (char *)object + field->offset;
	__u64 number = 0;
	int err;

	if (field->has_known)
		*(bool *)((char *)object + field->known) = !json_is_null(json);
	if (json_is_null(json) &&
	    (field->has_known || field->zero_is_null || field->type == FIELD_TEXT))
		return 0;
	switch (field->type) {
	case FIELD_U32:
		err = json_value__number(json, ~0u, &number);
		*(__u32 *)value = number;
		return err;
	case FIELD_U64:
		return json_value__number(json, LLONG_MAX, value);
	case FIELD_WORD:
		return json_value__word(json, field->words, value);
	case FIELD_TEXT:
		return json_value__text(json, value, field->bytes);
	case FIELD_BOUNDS:
		return json_value__bounds(json, value);
	default:
		return field->read(object, json);
	}
}

static void add_fields(json_t *json, const struct event_field *fields, const void *object)
{
	for (const struct event_field *field = fields; field->name; field++)
		json_object_set_new(json, field->name, field_to_json(field, object));
}

json_t *event__to_json(const struct event *event)
{
	const struct event_object *object = &event_objects[event->kind];
	json_t *json = json_object(), *own = json_object();

	add_fields(json, event_common_fields, event);
	add_fields(own, object->fields, (const char *)event + object->offset);
	if (!json_object_set_new(json, event_kind_names[event->kind], own))
		return json;
	json_decref(json);
	return NULL;
}

int event__write(const struct event *event, char buf[EVENT_MAX_BYTES])
{
	json_t *json = event__to_json(event);
	size_t bytes = json ? json_dumpb(json, buf, EVENT_MAX_BYTES - 2, JSON_COMPACT) : 0;

	json_decref(json);
	if (!bytes || bytes > EVENT_MAX_BYTES - 2)
		return -ENOMEM;
	buf[bytes] = '\n';
	buf[bytes + 1] = '\0';
	return bytes + 1;
}

static int read_fields(const json_t *json, const struct event_field *fields, void *object,
		       struct errmsg *why)
{
	for (const struct event_field *field = fields; field->name; field++)
		if (field__read(field, object, json_object_get(json, field->name)))
			return errmsg__set(why, -EINVAL, "'%s' is missing or not valid",
					   field->name);
	return 0;
}

int event__from_json(const json_t *json, struct event *ret, struct errmsg *why)
{
	const struct event_object *object;
	struct event event = {};
	int err = read_fields(json, event_common_fields, &event, why);

	if (err)
		return err;
	object = &event_objects[event.kind];
	err = read_fields(json_object_get(json, event_kind_names[event.kind]), object->fields,
			  (char *)&event + object->offset, why);
	if (!err)
		*ret = event;
	return err;
}

int event__read(const char *line, size_t bytes, struct event *ret, struct errmsg *why)
{
	json_error_t error;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &error);
	int err;

	if (!json)
		return errmsg__set(why, -EINVAL, "not an event: %s", UTF8_PRINTABLE(error.text));
	err = event__from_json(json, ret, why);
	json_decref(json);
	return err;
}
