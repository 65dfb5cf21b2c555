// SPDX-License-Identifier: GPL-2.0-only
// format: numbers, endpoints and sentences that several outputs share.
#ifndef CTL_RENDER_FORMAT_H
#define CTL_RENDER_FORMAT_H

#include <jansson.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

/* Raised when the name or the meaning of a JSON field changes. */
#define JSON_SCHEMA 1

#define ALL_SOURCES ((size_t)-1) /* as the number of rows to show */

#define NUMBER_BYTES 32
#define ENDPOINT_LABEL_BYTES 64
#define TIME_TEXT_BYTES 32

#define NOTHING_ATTACHED "nothing is attached in this network namespace"

/** number__grouped() - 1234567 as "1,234,567", in every locale. Return: @buf. */
const char *number__grouped(__u64 value, char buf[NUMBER_BYTES]);

/** time__text() - nanoseconds since 1970 as local date and time; "?" if they are none. Return:
 * @buf.
 */
const char *time__text(__u64 ns, char buf[TIME_TEXT_BYTES]);

/** integer_or_null() - a JSON integer; null for 0. */
json_t *integer_or_null(__u64 value);

/**
 * endpoint__label() - an endpoint as shown in a list
 * @list: of sources: address or prefix; TABLE_VICTIMS: address and port, as in a URL
 * @view: adds the prefix length of aggregated sources; NULL: sources are not aggregated
 *
 * Return: @buf.
 */
const char *endpoint__label(const struct endpoint *endpoint, enum table list,
			    const struct source_view *view, char buf[ENDPOINT_LABEL_BYTES]);

/** endpoint_to_json() - the same as a new object: address, and the port of a victim. */
json_t *endpoint_to_json(const struct endpoint *endpoint, enum table list,
			 const struct source_view *view);

/** counts_to_json() - a new object of @count values by name; NULL without memory. */
json_t *counts_to_json(const char *const *names, const __u64 *values, int count);

/** print_unsupported() - one line per unsupported feature; see dataplane__unsupported(). */
void print_unsupported(const char *const *unsupported);

/** unsupported_to_json() - the reasons by feature name, as a new object; NULL without memory. */
json_t *unsupported_to_json(const char *const *unsupported);

/**
 * print_interfaces_json() - print a document with one entry per interface
 * @interfaces: an array, whose reference is taken over; NULL: print nothing
 *
 * Return: 0, or -ENOMEM with @why set.
 */
int print_interfaces_json(json_t *interfaces, struct errmsg *why);

#endif
