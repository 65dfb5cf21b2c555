// SPDX-License-Identifier: GPL-2.0-only
// test_event: events as lines of JSON, their identity and their caps.
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/events/event.h"
#include "common/events/event_cap.h"
#include "tests/unit_test.h"

#define BEGAN_NS 1700000000000000000ull

static struct event make_event(enum event_kind kind, enum event_phase phase)
{
	struct event event = {
		.sequence = 7,
		.time_ns = BEGAN_NS + NS_PER_S,
		.kind = kind,
		.phase = phase,
		.id = 0x0123456789abcdef,
		.severity = SEVERITY_WARNING,
		.interface = "eth0",
		.gateway = "gw-1",
	};

	return event;
}

static struct event make_attack(void)
{
	struct event event = make_event(EVENT_ATTACK, PHASE_BEGAN);

	strcpy(event.rule, "web");
	event.attack = (struct event_attack){
		.victims = 1,
		.began_ns = BEGAN_NS,
		.cause = CAUSE_RATE,
		.threshold_pps = 2000,
		.syns_pps = 5000,
		.peak_pps = 5000,
		.syns = {4999, 5001},
		.distinct_known = true,
		.distinct_sources = {4900, 5001},
		.spoofed = ANSWER_YES,
		.source_count = 1,
		.sources = {{.syns = {1, 2}}},
		.unfinished = {4999, 5001},
	};
	endpoint__parse("203.0.113.5", &event.attack.victim);
	event.attack.victim.port = htons(443);
	endpoint__parse("2001:db8::1", &event.attack.sources[0].address);
	event__summarize(&event);
	return event;
}

/* Fields in the documented order, always all of them. */
static void test_line_of_an_attack(void **state)
{
	const struct event event = make_attack();
	char line[EVENT_MAX_BYTES];
	int bytes = event__write(&event, line);

	(void)state;
	assert_int_equal(bytes, strlen(line));
	assert_string_equal(
		line,
		"{\"schema\":1,\"sequence\":7,\"time_ns\":1700000001000000000,\"event\":\"attack\","
		"\"phase\":\"began\",\"id\":\"0123456789abcdef\",\"severity\":\"warning\","
		"\"interface\":\"eth0\",\"gateway\":\"gw-1\",\"rule\":\"web\",\"summary\":\"Attack "
		"on "
		"203.0.113.5:443 began: 5000 SYNs/s, above 2000/s, from spoofed sources.\","
		"\"attack\":{\"victim\":\"203.0.113.5\",\"port\":443,\"victims\":1,"
		"\"began_ns\":1700000000000000000,\"ended_ns\":null,\"cause\":\"rate\","
		"\"threshold_pps\":2000,\"syns_pps\":5000,\"peak_pps\":5000,"
		"\"syns\":{\"at_least\":4999,\"at_most\":5001},"
		"\"distinct_sources\":{\"at_least\":4900,\"at_most\":5001},"
		"\"unfinished\":{\"at_least\":4999,\"at_most\":5001,\"by\":\"closings\"},"
		"\"spoofed\":\"yes\",\"sources\":[{\"address\":\"2001:db8::1\",\"at_least\":1,"
		"\"at_most\":2}],\"answered\":null,\"evidence\":null}}\n");
}

/* Return: the event as it is read again. */
static struct event write_and_read(const struct event *event)
{
	char line[EVENT_MAX_BYTES], again[EVENT_MAX_BYTES];
	struct errmsg why = {};
	struct event read;

	assert_true(event__write(event, line) > 0);
	if (event__read(line, strlen(line), &read, &why))
		fail_msg("%s: %s", line, why.text);
	assert_true(event__write(&read, again) > 0);
	assert_string_equal(line, again);
	return read;
}

static void test_all_kinds_are_read_again(void **state)
{
	struct event event = make_attack(), read;

	(void)state;
	read = write_and_read(&event);
	assert_memory_equal(&event.attack.victim, &read.attack.victim, sizeof(struct endpoint));
	event.attack.answered_known = true;
	event.attack.challenged = 5;
	event.attack.prefix_bits = 24;
	event.attack.victim.port = 0;
	endpoint__parse("203.0.113.0", &event.attack.victim);
	assert_int_equal(write_and_read(&event).attack.prefix_bits, 24);
	assert_int_equal(write_and_read(&event).attack.challenged, 5);
	for (int kind = EVENT_SOURCE; kind < EVENT_KIND_COUNT; kind++) {
		event = make_event(kind, PHASE_POINT);
		if (kind == EVENT_SOURCE)
			prefix__parse("", "2001:db8::/64", &event.source.address, NULL);
		event__summarize(&event);
		assert_int_equal(write_and_read(&event).kind, kind);
		assert_int_equal(write_and_read(&event).id, event.id);
	}
	event.suppressed.counts[EVENT_SOURCE] = 3;
	assert_int_equal(write_and_read(&event).suppressed.counts[EVENT_SOURCE], 3);
}

/* The longest texts of bytes that take the most room, and the largest numbers. */
static void test_the_longest_line_fits(void **state)
{
	struct event event = make_attack();
	char line[EVENT_MAX_BYTES];

	(void)state;
	memset(&event.attack, 0x7f, sizeof(event.attack));
	memset(event.interface, 1, sizeof(event.interface) - 1);
	memset(event.gateway, 1, sizeof(event.gateway) - 1);
	memset(event.rule, 1, sizeof(event.rule) - 1);
	memset(event.summary, 'x', sizeof(event.summary) - 1);
	memset(event.attack.evidence, 1, sizeof(event.attack.evidence) - 1);
	event.attack.evidence[EVENT_FILE_BYTES - 1] = '\0';
	event.attack.cause = CAUSE_UNFINISHED;
	event.attack.spoofed = ANSWER_UNKNOWN;
	event.attack.unfinished_by = FINISHED_BY_COMPLETED;
	event.attack.prefix_bits = 0;
	event.attack.distinct_known = event.attack.answered_known = true;
	event.attack.source_count = EVENT_MAX_SOURCES;
	for (int i = 0; i < EVENT_MAX_SOURCES; i++)
		endpoint__parse("2001:db8:1111:2222:3333:4444:5555:6666",
				&event.attack.sources[i].address);
	event.attack.victim = event.attack.sources[0].address;
	assert_in_range(event__write(&event, line), 2000, EVENT_MAX_BYTES - 1);
}

/* Names that are no UTF-8, and control characters, stay inside of their strings. */
static void test_untrusted_names(void **state)
{
	struct event event = make_event(EVENT_ATTACHMENT, PHASE_POINT);
	char line[EVENT_MAX_BYTES];

	(void)state;
	strcpy(event.interface, "e\xff\n\"0");
	event__summarize(&event);
	assert_true(event__write(&event, line) > 0);
	assert_non_null(strstr(line, "\"interface\":\"e\\\\xff\\n\\\"0\""));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	assert_string_equal(event.summary, "e??\"0: counting began.");
}

static void test_lines_that_are_no_events(void **state)
{
	static const char *const lines[] = {"", "[]", "{", "{\"schema\":2}", "null"};
	const struct event event = make_attack();
	char line[EVENT_MAX_BYTES];
	struct errmsg why;
	struct event read;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		assert_int_equal(event__read(lines[i], strlen(lines[i]), &read, &why), -EINVAL);
	assert_true(event__write(&event, line) > 0);
	for (size_t bytes = 0; bytes + 1 < strlen(line); bytes++)
		assert_int_equal(event__read(line, bytes, &read, &why), -EINVAL);
	*strstr(line, "\"port\":443") = ' ';
	assert_int_equal(event__read(line, strlen(line), &read, &why), -EINVAL);
	event__write(&event, line);
	memcpy(strstr(line, "\"port\":443"), "\"port\":-43", 10);
	assert_int_equal(event__read(line, strlen(line), &read, &why), -EINVAL);
	assert_string_equal(why.text, "'port' is missing or not valid");
}

static void test_identity(void **state)
{
	struct event event = make_attack(), other = event;

	(void)state;
	event__identify(&event, 5, BEGAN_NS);
	assert_int_equal(event.id, 0x576e7714506a5d87ull);
	other.phase = PHASE_ENDED;
	other.time_ns++;
	event__identify(&other, 5, BEGAN_NS);
	assert_int_equal(event.id, other.id);
	event__identify(&other, 6, BEGAN_NS);
	assert_int_not_equal(event.id, other.id);
	event__identify(&other, 5, BEGAN_NS + 1);
	assert_int_not_equal(event.id, other.id);
	other.attack.victim.port++;
	event__identify(&other, 5, BEGAN_NS);
	assert_int_not_equal(event.id, other.id);
	/* What one text ends with, the next one does not begin with. */
	event = make_event(EVENT_TEST, PHASE_POINT);
	strcpy(event.gateway, "a");
	strcpy(event.interface, "bc");
	event__identify(&event, 0, 0);
	other = event;
	strcpy(other.gateway, "ab");
	strcpy(other.interface, "c");
	event__identify(&other, 0, 0);
	assert_int_not_equal(event.id, other.id);
}

static void test_cap(void **state)
{
	struct event event = {.time_ns = BEGAN_NS, .gateway = "gw"};
	struct event_cap cap;
	int taken = 0;

	(void)state;
	event_cap__start(&cap);
	assert_false(event_cap__suppressed(&cap, &event));
	while (event_cap__take(&cap))
		taken++;
	assert_int_equal(taken, EVENT_CAP_BURST);
	event_cap__force(&cap);
	event_cap__hold_back(&cap, EVENT_ATTACK);
	event_cap__hold_back(&cap, EVENT_ATTACK);
	assert_true(event_cap__suppressed(&cap, &event));
	assert_int_equal(event.kind, EVENT_SUPPRESSED);
	assert_int_equal(event.phase, PHASE_POINT);
	assert_int_equal(event.severity, SEVERITY_NOTICE);
	assert_int_equal(event.time_ns, BEGAN_NS);
	assert_string_equal(event.gateway, "gw");
	assert_int_equal(event.suppressed.counts[EVENT_ATTACK], 2);
	assert_false(event_cap__suppressed(&cap, &event));
	event_cap__pass_time(&cap, NS_PER_S);
	for (taken = 0; event_cap__take(&cap);)
		taken++;
	assert_int_equal(taken, EVENT_CAP_PER_SECOND - 1);
	event_cap__pass_time(&cap, 90 * NS_PER_S);
	for (taken = 0; event_cap__take(&cap);)
		taken++;
	assert_int_equal(taken, EVENT_CAP_BURST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_of_an_attack),
		cmocka_unit_test(test_all_kinds_are_read_again),
		cmocka_unit_test(test_the_longest_line_fits),
		cmocka_unit_test(test_untrusted_names),
		cmocka_unit_test(test_lines_that_are_no_events),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
