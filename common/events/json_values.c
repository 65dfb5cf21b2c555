// SPDX-License-Identifier: GPL-2.0-only
// json_values: the values of events as JSON: numbers, words, texts, addresses and bounds.
#include "common/events/json_values.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

json_t *event_bounds__to_json(const struct event_bounds *bounds)
{
	return json_pack("{s:I, s:I}", "at_least", (json_int_t)bounds->at_least, "at_most",
			 (json_int_t)bounds->at_most);
}

int json_value__number(const json_t *value, __u64 max, __u64 *ret)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (__u64)json_integer_value(value) > max)
		return -EINVAL;
	*ret = json_integer_value(value);
	return 0;
}

int json_value__bounds(const json_t *value, struct event_bounds *ret)
{
	int err = json_value__number(json_object_get(value, "at_least"), LLONG_MAX, &ret->at_least);

	return err
		       ?: json_value__number(json_object_get(value, "at_most"), LLONG_MAX,
					     &ret->at_most);
}

int json_value__text(const json_t *value, char *ret, size_t bytes)
{
	const char *text = json_string_value(value);

	if (!text || json_string_length(value) >= bytes)
		return -EINVAL;
	memcpy(ret, text, json_string_length(value) + 1);
	return 0;
}

int json_value__word(const json_t *value, const char *const *words, int *ret)
{
	const char *text = json_string_value(value);
	int word = text ? event_word__find(words, text) : -1;

	if (word < 0)
		return -EINVAL;
	*ret = word;
	return 0;
}

json_t *address__to_json(const struct endpoint *address)
{
	char text[ENDPOINT_TEXT_BYTES];

	return json_string(endpoint__text(address, text));
}

int json_value__address(const json_t *value, struct endpoint *ret)
{
	const char *text = json_string_value(value);

	return text ? endpoint__parse(text, ret) : -EINVAL;
}

int json_value__prefix(const json_t *value, struct prefix *ret)
{
	const char *text = json_string_value(value);

	return text ? prefix__parse("prefix", text, ret, NULL) : -EINVAL;
}
