// SPDX-License-Identifier: GPL-2.0-only
// format: numbers, endpoints and sentences that several outputs share.
#include "ctl/render/format.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#include "common/address/endpoint.h"
#include "common/base/cli.h"
#include "common/base/clock.h"

const char *time__text(__u64 ns, char buf[TIME_TEXT_BYTES])
{
	time_t seconds = ns / NS_PER_S;
	struct tm local;

	if (!localtime_r(&seconds, &local) || !strftime(buf, TIME_TEXT_BYTES, "%F %T", &local))
		snprintf(buf, TIME_TEXT_BYTES, "?");
	return buf;
}

json_t *integer_or_null(__u64 value)
{
	return value ? json_integer(value) : json_null();
}

const char *number__grouped(__u64 value, char buf[NUMBER_BYTES])
{
	char digits[NUMBER_BYTES];
	int length = snprintf(digits, sizeof(digits), "%llu", value);
	char *out = buf;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buf;
}

/* @buf has SOURCE_VIEW_TEXT_BYTES. */
static const char *address_text(const struct endpoint *endpoint, enum table list,
				const struct source_view *view, char *buf)
{
	if (table_kind__has_sources(list) && view)
		return source_view__text(view, endpoint, buf);
	return endpoint__text(endpoint, buf);
}

const char *endpoint__label(const struct endpoint *endpoint, enum table list,
			    const struct source_view *view, char buf[ENDPOINT_LABEL_BYTES])
{
	char address[SOURCE_VIEW_TEXT_BYTES];

	address_text(endpoint, list, view, address);
	if (table_kind__has_sources(list))
		snprintf(buf, ENDPOINT_LABEL_BYTES, "%s", address);
	else
		snprintf(buf, ENDPOINT_LABEL_BYTES,
			 endpoint->family == ENDPOINT_IPV6 ? "[%s]:%u" : "%s:%u", address,
			 ntohs(endpoint->port));
	return buf;
}

json_t *endpoint_to_json(const struct endpoint *endpoint, enum table list,
			 const struct source_view *view)
{
	char address[SOURCE_VIEW_TEXT_BYTES];
	json_t *object = json_pack("{s:s}", "address", address_text(endpoint, list, view, address));

	if (list == TABLE_VICTIMS)
		json_object_set_new(object, "port", json_integer(ntohs(endpoint->port)));
	return object;
}

json_t *counts_to_json(const char *const *names, const __u64 *values, int count)
{
	json_t *object = json_object();

	for (int i = 0; i < count; i++)
		json_object_set_new(object, names[i], json_integer(values[i]));
	return object;
}

void print_unsupported(const char *const *unsupported)
{
	if (unsupported)
		printf("  unsupported in this mode:\n");
	for (int i = 0; unsupported && i < FEATURE_COUNT; i++)
		if (unsupported[i])
			printf("    %s\n", unsupported[i]);
}

json_t *unsupported_to_json(const char *const *unsupported)
{
	json_t *object = json_object();

	for (int i = 0; unsupported && i < FEATURE_COUNT; i++)
		if (unsupported[i])
			json_object_set_new(object, feature_names[i], json_string(unsupported[i]));
	return object;
}

int print_interfaces_json(json_t *interfaces, struct errmsg *why)
{
	if (!interfaces)
		return 0;
	return cli__print_json(
		json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", interfaces), why);
}
