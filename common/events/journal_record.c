// SPDX-License-Identifier: GPL-2.0-only
// journal_record: a line of the journal, and what it says of itself.
#include "common/events/journal_record.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/events/json_values.h"

#define MAX_SEQUENCE (1ll << 53) /* what every reader of JSON takes */

/* Copies a word of these characters only; false if it is none, or too long. */
static bool record_word(const json_t *value, const char *characters, char *ret, size_t ret_bytes)
{
	const char *text = json_string_value(value);
	size_t length = text ? strlen(text) : 0;

	if (!length || length >= ret_bytes || strspn(text, characters) != length)
		return false;
	memcpy(ret, text, length + 1);
	return true;
}

static bool record_take(const json_t *object, struct journal_record *ret)
{
	const char *interface = json_string_value(json_object_get(object, "interface"));
	int phase;

	if (json_integer_value(json_object_get(object, "schema")) != EVENT_SCHEMA ||
	    (interface && strlen(interface) >= sizeof(ret->interface)))
		return false;
	snprintf(ret->interface, sizeof(ret->interface), "%s", interface ? interface : "");
	if (json_value__number(json_object_get(object, "sequence"), MAX_SEQUENCE, &ret->sequence) ||
	    json_value__number(json_object_get(object, "time_ns"), LLONG_MAX, &ret->time_ns) ||
	    json_value__word(json_object_get(object, "phase"), event_phase_names, &phase))
		return false;
	ret->phase = phase;
	return record_word(json_object_get(object, "event"), "abcdefghijklmnopqrstuvwxyz_",
			   ret->event, sizeof(ret->event)) &&
	       record_word(json_object_get(object, "id"), "0123456789abcdef", ret->id,
			   sizeof(ret->id)) &&
	       strlen(ret->id) == EVENT_ID_TEXT_BYTES - 1;
}

int journal_record__parse(const char *line, size_t bytes, struct journal_record *ret)
{
	struct journal_record record = {.line = line, .bytes = bytes};
	json_t *object;
	bool is_record;

	if (!bytes || bytes >= JOURNAL_LINE_BYTES)
		return -EBADMSG;
	object = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, NULL);
	is_record = json_is_object(object) && record_take(object, &record);
	json_decref(object);
	if (!is_record)
		return -EBADMSG;
	*ret = record;
	return 0;
}

size_t journal_record__number(const char *line, __u64 sequence, char ret[JOURNAL_LINE_BYTES + 1])
{
	const size_t head = sizeof(JOURNAL_UNNUMBERED) - 1;
	int length;

	if (strncmp(line, JOURNAL_UNNUMBERED, head))
		return 0;
	/* Without the "0," of a line that has no sequence. */
	length = snprintf(ret, JOURNAL_LINE_BYTES + 1, "%.*s%llu,%s\n", (int)head - 2, line,
			  sequence, line + head);
	return length <= JOURNAL_LINE_BYTES ? length : 0;
}
