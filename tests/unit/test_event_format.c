// SPDX-License-Identifier: GPL-2.0-only
// test_event_format: events as Elastic's common schema and Suricata's EVE have them.
#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/events/event_format.h"
#include "tests/unit_test.h"

static struct event make_attack(enum event_phase phase)
{
	struct event event = {
		.sequence = 7,
		.time_ns = 1735689601 * NS_PER_S + 123456789,
		.kind = EVENT_ATTACK,
		.phase = phase,
		.id = 0xabc,
		.severity = SEVERITY_CRITICAL,
		.interface = "eth0",
		.gateway = "gw-1",
		.rule = "web",
		.summary = "An attack.",
	};

	endpoint__parse("203.0.113.5", &event.attack.victim);
	event.attack.victim.port = htons(443);
	return event;
}

/* The line as JSON, without its part `xdpctl`, which must be the event as it is. */
static char *formatted(const struct event *event, enum event_format format)
{
	char line[EVENT_FORMAT_BYTES], own[EVENT_MAX_BYTES];
	int bytes = event__format(event, format, line);
	json_t *json, *whole;
	char *text;

	assert_int_equal(bytes, strlen(line));
	assert_int_equal(line[bytes - 1], '\n');
	json = json_loads(line, 0, NULL);
	whole = json_loadb(own, event__write(event, own), 0, NULL);
	assert_true(json_equal(json_object_get(json, "xdpctl"), whole));
	json_object_del(json, "xdpctl");
	text = json_dumps(json, JSON_COMPACT);
	json_decref(whole);
	json_decref(json);
	return text;
}

static void check_formatted(const struct event *event, enum event_format format, const char *want)
{
	char *text = formatted(event, format);

	assert_string_equal(text, want);
	free(text);
}

static void test_ecs(void **state)
{
	struct event event = make_attack(PHASE_BEGAN);

	(void)state;
	check_formatted(
		&event, EVENT_FORMAT_ECS,
		"{\"@timestamp\":\"2025-01-01T00:00:01.123456Z\",\"ecs\":{\"version\":\"8.11\"},"
		"\"event\":{\"kind\":\"alert\",\"category\":[\"network\"],\"type\":[\"start\"],"
		"\"id\":\"0000000000000abc\",\"action\":\"attack\",\"severity\":3,"
		"\"module\":\"xdpctl\",\"sequence\":7},\"message\":\"An attack.\","
		"\"destination\":{\"ip\":\"203.0.113.5\",\"port\":443},"
		"\"observer\":{\"ingress\":{\"interface\":{\"name\":\"eth0\"}}},"
		"\"host\":{\"name\":\"gw-1\"},\"rule\":{\"name\":\"web\"}}");
}

/* The end of an attack on a prefix, of one source, some of whose SYNs were dropped. */
static void test_ecs_of_a_prefix(void **state)
{
	struct event event = make_attack(PHASE_ENDED);

	(void)state;
	event.attack.prefix_bits = 24;
	event.attack.victim.port = 0;
	endpoint__parse("203.0.113.0", &event.attack.victim);
	event.attack.source_count = 1;
	endpoint__parse("2001:db8::1", &event.attack.sources[0].address);
	event.attack.answered_known = true;
	event.attack.dropped = 1;
	event.interface[0] = event.gateway[0] = event.rule[0] = '\0';
	check_formatted(
		&event, EVENT_FORMAT_ECS,
		"{\"@timestamp\":\"2025-01-01T00:00:01.123456Z\",\"ecs\":{\"version\":\"8.11\"},"
		"\"event\":{\"kind\":\"alert\",\"category\":[\"network\"],"
		"\"type\":[\"end\",\"denied\"],\"id\":\"0000000000000abc\",\"action\":\"attack\","
		"\"severity\":3,\"module\":\"xdpctl\",\"sequence\":7},\"message\":\"An attack.\","
		"\"destination\":{\"address\":\"203.0.113.0/24\"},"
		"\"source\":{\"ip\":\"2001:db8::1\"}}");
}

static void test_eve(void **state)
{
	struct event event = make_attack(PHASE_BEGAN);

	(void)state;
	check_formatted(&event, EVENT_FORMAT_EVE,
			"{\"timestamp\":\"2025-01-01T00:00:01.123456+0000\","
			"\"event_type\":\"alert\",\"in_iface\":\"eth0\","
			"\"dest_ip\":\"203.0.113.5\",\"dest_port\":443,\"proto\":\"TCP\","
			"\"alert\":{\"signature\":\"xdpctl attack began\","
			"\"category\":\"Attempted Denial of Service\",\"severity\":1}}");
	event = (struct event){.time_ns = NS_PER_S, .kind = EVENT_POLICY, .phase = PHASE_POINT};
	check_formatted(&event, EVENT_FORMAT_EVE,
			"{\"timestamp\":\"1970-01-01T00:00:01.000000+0000\","
			"\"event_type\":\"xdpctl\"}");
}

static void test_all_kinds(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event = {.kind = kind, .phase = PHASE_POINT};

		if (kind == EVENT_ATTACK)
			event = make_attack(PHASE_UPDATE);
		if (kind == EVENT_SOURCE)
			prefix__parse("", "2001:db8::/64", &event.source.address, NULL);
		for (int format = EVENT_FORMAT_XDPCTL + 1; event_format_names[format]; format++)
			free(formatted(&event, format));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ecs),
		cmocka_unit_test(test_ecs_of_a_prefix),
		cmocka_unit_test(test_eve),
		cmocka_unit_test(test_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
