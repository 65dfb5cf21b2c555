// SPDX-License-Identifier: GPL-2.0-only
// json_values: the values of events as JSON: numbers, words, texts, addresses and bounds.
//
// What is read is untrusted, and may be NULL. Readers return 0 with *@ret set, or a negative errno.
#ifndef COMMON_EVENTS_JSON_VALUES_H
#define COMMON_EVENTS_JSON_VALUES_H

#include "common/events/event.h"

struct json_t; /* of Jansson */

/** json_value__number() - read a number from 0 to @max. */
int json_value__number(const struct json_t *value, __u64 max, __u64 *ret);

/** json_value__word() - read a word of a list that ends with NULL, as its number. */
int json_value__word(const struct json_t *value, const char *const *words, int *ret);

/** json_value__text() - read a text that fits into @bytes with its terminating null. */
int json_value__text(const struct json_t *value, char *ret, size_t bytes);

/** json_value__address() - read the address of an endpoint; its port is 0. */
int json_value__address(const struct json_t *value, struct endpoint *ret);

/** json_value__prefix() - read a prefix, or an address as the longest one. */
int json_value__prefix(const struct json_t *value, struct prefix *ret);

/** json_value__bounds() - read `at_least` and `at_most` of an object. */
int json_value__bounds(const struct json_t *value, struct event_bounds *ret);

/** address__to_json() - the address of an endpoint. Return: owned by the caller. */
struct json_t *address__to_json(const struct endpoint *address);

/** event_bounds__to_json() - an object with `at_least` and `at_most`. Return: as above. */
struct json_t *event_bounds__to_json(const struct event_bounds *bounds);

#endif
