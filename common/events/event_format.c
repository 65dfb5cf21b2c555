// SPDX-License-Identifier: GPL-2.0-only
// event_format: events as other tools know them: Elastic's common schema, and Suricata's EVE.
#include "common/events/event_format.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/events/event_json.h"

#define ECS_VERSION "8.11"
#define NS_PER_US 1000
#define TIMESTAMP_BYTES 48

const char *const event_format_names[] = {
	[EVENT_FORMAT_XDPCTL] = "xdpctl",
	[EVENT_FORMAT_ECS] = "ecs",
	[EVENT_FORMAT_EVE] = "eve",
	NULL,
};

/* "2025-01-01T00:00:00.123456" and the zone. */
static json_t *timestamp_to_json(__u64 time_ns, const char *zone)
{
	time_t seconds = time_ns / NS_PER_S;
	char date[TIMESTAMP_BYTES] = "", text[2 * TIMESTAMP_BYTES];
	struct tm utc;

	if (gmtime_r(&seconds, &utc))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, sizeof(text), "%s.%06llu%s", date, time_ns % NS_PER_S / NS_PER_US, zone);
	return json_string(text);
}

static bool is_alert(const struct event *event)
{
	return event->kind == EVENT_ATTACK || event->kind == EVENT_SOURCE;
}

/* The victim, if there is one. */
static const struct endpoint *victim_of(const struct event *event)
{
	return event->kind == EVENT_ATTACK && !event->attack.prefix_bits ? &event->attack.victim
									 : NULL;
}

/* The source, if there is one. */
static const struct endpoint *source_of(const struct event *event)
{
	if (event->kind == EVENT_SOURCE && event->source.address.network.family == ENDPOINT_IPV4)
		return &event->source.address.network;
	return event->kind == EVENT_ATTACK && event->attack.source_count == 1
		       ? &event->attack.sources[0].address
		       : NULL;
}

static json_t *ip_to_json(const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT_BYTES];

	return json_string(endpoint__text(endpoint, text));
}

static json_t *ecs_types(const struct event *event)
{
	const char *type = event->phase == PHASE_BEGAN   ? "start"
			   : event->phase == PHASE_ENDED ? "end"
							 : "info";
	json_t *types = json_pack("[s]", type);

	if (event->kind == EVENT_ATTACK && event->attack.answered_known && event->attack.dropped)
		json_array_append_new(types, json_string("denied"));
	return types;
}

static json_t *ecs_event(const struct event *event)
{
	char id[EVENT_ID_TEXT_BYTES];

	return json_pack("{s:s, s:[s], s:o, s:s, s:s, s:i, s:s, s:I}", "kind",
			 is_alert(event) ? "alert" : "event", "category",
			 event->kind == EVENT_POLICY ? "configuration" : "network", "type",
			 ecs_types(event), "id", event__id_text(event->id, id), "action",
			 event_kind_names[event->kind], "severity", (int)event->severity, "module",
			 "xdpctl", "sequence", (json_int_t)event->sequence);
}

/* The address as a text may be a prefix; an `ip` may not. */
static void ecs_add_ends(json_t *json, const struct event *event)
{
	const struct endpoint *victim = victim_of(event), *source = source_of(event);
	char subject[EVENT_TEXT_BYTES];

	if (victim)
		json_object_set_new(json, "destination",
				    json_pack("{s:o, s:i}", "ip", ip_to_json(victim), "port",
					      ntohs(victim->port)));
	else if (event->kind == EVENT_ATTACK)
		json_object_set_new(json, "destination",
				    json_pack("{s:s}", "address", event__subject(event, subject)));
	if (source)
		json_object_set_new(json, "source", json_pack("{s:o}", "ip", ip_to_json(source)));
}

static json_t *event_to_ecs(const struct event *event)
{
	json_t *json =
		json_pack("{s:o, s:{s:s}, s:o, s:o}", "@timestamp",
			  timestamp_to_json(event->time_ns, "Z"), "ecs", "version", ECS_VERSION,
			  "event", ecs_event(event), "message", utf8__json(event->summary));

	ecs_add_ends(json, event);
	if (event->interface[0])
		json_object_set_new(json, "observer",
				    json_pack("{s:{s:{s:o}}}", "ingress", "interface", "name",
					      utf8__json(event->interface)));
	if (event->gateway[0])
		json_object_set_new(json, "host",
				    json_pack("{s:o}", "name", utf8__json(event->gateway)));
	if (event->rule[0])
		json_object_set_new(json, "rule",
				    json_pack("{s:o}", "name", utf8__json(event->rule)));
	return json;
}

/* 1 is the gravest. */
static int eve_severity(enum event_severity severity)
{
	return severity == SEVERITY_CRITICAL ? 1 : severity == SEVERITY_WARNING ? 2 : 3;
}

static json_t *event_to_eve(const struct event *event)
{
	const struct endpoint *victim = victim_of(event), *source = source_of(event);
	char signature[64];
	json_t *json =
		json_pack("{s:o, s:s}", "timestamp", timestamp_to_json(event->time_ns, "+0000"),
			  "event_type", is_alert(event) ? "alert" : "xdpctl");

	if (event->interface[0])
		json_object_set_new(json, "in_iface", utf8__json(event->interface));
	if (source)
		json_object_set_new(json, "src_ip", ip_to_json(source));
	if (victim)
		json_object_update_new(json, json_pack("{s:o, s:i}", "dest_ip", ip_to_json(victim),
						       "dest_port", ntohs(victim->port)));
	if (!is_alert(event))
		return json;
	snprintf(signature, sizeof(signature), "xdpctl %s %s", event_kind_names[event->kind],
		 event_phase_names[event->phase]);
	json_object_update_new(json, json_pack("{s:s, s:{s:s, s:s, s:i}}", "proto", "TCP", "alert",
					       "signature", signature, "category",
					       "Attempted Denial of Service", "severity",
					       eve_severity(event->severity)));
	return json;
}

int event__format(const struct event *event, enum event_format format, char buf[EVENT_FORMAT_BYTES])
{
	json_t *json;
	size_t bytes = 0;

	if (format == EVENT_FORMAT_XDPCTL)
		return event__write(event, buf);
	json = format == EVENT_FORMAT_ECS ? event_to_ecs(event) : event_to_eve(event);
	if (!json_object_set_new(json, "xdpctl", event__to_json(event)))
		bytes = json_dumpb(json, buf, EVENT_FORMAT_BYTES - 2, JSON_COMPACT);
	json_decref(json);
	if (!bytes || bytes > EVENT_FORMAT_BYTES - 2)
		return -ENOMEM;
	buf[bytes] = '\n';
	buf[bytes + 1] = '\0';
	return bytes + 1;
}
