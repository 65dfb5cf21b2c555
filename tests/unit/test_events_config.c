// SPDX-License-Identifier: GPL-2.0-only
// test_events_config: /etc/xdpctl/events.yaml: what is read, and where a fault is.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/events/events_config.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

#define V "xdpctl-events: 1\n"

static void check_reads(struct scratch *scratch, const char *text, struct events_config *ret)
{
	struct errmsg why = {};

	store(scratch->path, text, strlen(text));
	if (events_config__read(scratch->path, ret, &why))
		fail_msg("%s", why.text);
}

static const struct detect_thresholds *find(const struct events_config *config, const char *address,
					    int port, const char *rule)
{
	const struct detect_thresholds *thresholds;
	struct endpoint victim;
	const char *name;

	assert_int_equal(endpoint__parse(address, &victim), 0);
	victim.port = htons(port);
	thresholds = detect_rules__find(&config->detect, &victim, &name);
	assert_string_equal(name, rule);
	return thresholds;
}

static void test_defaults(void **state)
{
	struct events_config config;

	check_reads(*state, V, &config);
	assert_int_equal(find(&config, "192.0.2.1", 80, "default")->above_pps, 2000);
	assert_int_equal(config.detect.fallback.below_pps, 500);
	assert_int_equal(config.detect.fallback.hold_s, 60);
	assert_int_equal(config.detect.fallback.unfinished_pps, 100);
	assert_int_equal(config.detect.source_above_pps, 0);
	assert_int_equal(config.hook_count, 0);
	assert_int_equal(config.evidence.rate_pps, 50);
	assert_int_equal(config.evidence.attack, 200);
	assert_int_equal(config.evidence.snap_bytes, 96);
	assert_int_equal(config.evidence.attack_bytes, 1 << 20);
	assert_int_equal(config.evidence.total_bytes, 64 << 20);
	events_config__free(&config);
}

/* A rule has the default's thresholds where it gives none, wherever the default stands. */
static void test_detect(void **state)
{
	struct events_config config;

	check_reads(*state,
		    V "detect:\n"
		      "  web: {victims: [203.0.113.0/24], ports: [80, 443], above: 20000/s,"
		      " below: 5000/s}\n"
		      "  push: {victims: [203.0.113.40/32], ports: [443], unfinished: off}\n"
		      "  more: {victims: ['2001:db8::/32', 203.0.113.0/25], above: 8/s}\n"
		      "  default: {above: 1000/s, hold: 2m, unfinished: 7/s}\n",
		    &config);
	assert_int_equal(find(&config, "203.0.113.200", 443, "web")->above_pps, 20000);
	assert_int_equal(find(&config, "203.0.113.200", 443, "web")->below_pps, 5000);
	assert_int_equal(find(&config, "203.0.113.200", 443, "web")->unfinished_pps, 7);
	assert_int_equal(find(&config, "203.0.113.40", 443, "push")->unfinished_pps, 0);
	assert_int_equal(find(&config, "203.0.113.40", 443, "push")->above_pps, 1000);
	assert_int_equal(find(&config, "203.0.113.40", 80, "more")->below_pps, 2);
	assert_int_equal(find(&config, "203.0.113.40", 80, "more")->hold_s, 120);
	assert_int_equal(find(&config, "2001:db8::1", 1, "more")->above_pps, 8);
	assert_int_equal(find(&config, "203.0.113.200", 22, "default")->above_pps, 1000);
	assert_int_equal(config.detect.fallback.below_pps, 250);
	events_config__free(&config);
}

static void test_evidence_and_sources(void **state)
{
	struct events_config config;

	check_reads(
		*state,
		V "sources: {above: 90/s}\n"
		  "evidence: {rate: 10/s, attack: 0, snap: 224, per_attack: 64KiB, total: 1GiB}\n",
		&config);
	assert_int_equal(config.detect.source_above_pps, 90);
	assert_int_equal(config.evidence.rate_pps, 10);
	assert_int_equal(config.evidence.attack, 0);
	assert_int_equal(config.evidence.snap_bytes, 224);
	assert_int_equal(config.evidence.attack_bytes, 64 << 10);
	assert_int_equal(config.evidence.total_bytes, 1 << 30);
	events_config__free(&config);
	check_reads(*state, V "sources: {above: off}\n", &config);
	assert_int_equal(config.detect.source_above_pps, 0);
	events_config__free(&config);
}

static void test_notify(void **state)
{
	struct events_config config;
	const struct notify_hook *hook;

	check_reads(*state,
		    V "notify:\n"
		      "  - {name: rtbh, exec: [/etc/xdpctl/notify, --mode, off], events: [attack],"
		      " phases: [began, ended], timeout: 3s}\n"
		      "  - {name: journal, journald: true}\n",
		    &config);
	assert_int_equal(config.hook_count, 2);
	hook = &config.hooks[0];
	assert_string_equal(hook->name, "rtbh");
	assert_string_equal(hook->argv[0], "/etc/xdpctl/notify");
	assert_string_equal(hook->argv[2], "off");
	assert_null(hook->argv[3]);
	assert_int_equal(hook->kinds, 1 << EVENT_ATTACK);
	assert_int_equal(hook->phases, 1 << PHASE_BEGAN | 1 << PHASE_ENDED);
	assert_int_equal(hook->timeout_s, 3);
	assert_false(hook->journald);
	hook = &config.hooks[1];
	assert_true(hook->journald);
	assert_null(hook->argv);
	assert_int_equal(hook->kinds, (1 << EVENT_KIND_COUNT) - 1);
	assert_int_equal(hook->phases, (1 << EVENT_PHASE_COUNT) - 1);
	assert_int_equal(hook->timeout_s, 10);
	events_config__free(&config);
}

/* The place of a fault, what is there, and what was expected. */
static void test_faults(void **state)
{
	static const struct {
		const char *text, *why;
	} faults[] = {
		{"detect: {}\n", ":1:1: 'xdpctl-events: 1' is missing: is this a configuration of "
				 "events?"},
		{"xdpctl-events: 2\n",
		 ":1:16: xdpctl-events: version 2 is unknown: this xdpctl reads 1"},
		{V "detect: {default: {above: 2000}}\n",
		 ":2:27: above: '2000': a rate needs a unit: 2000/s"},
		{V "detect: {default: {above: 5/s, below: 5/s}}\n",
		 ":2:19: default: 'below' (5/s) must be less than 'above' (5/s)"},
		{V "detect: {web: {above: 5/s}}\n", ":2:15: web: 'victims' are missing"},
		{V "detect:\n  web: {victims: [10.0.0.1/8]}\n",
		 ":3:19: prefix: '10.0.0.1/8' has host bits set beyond /8"},
		{V "detect: {web: {victims: [10.0.0.0/8], ports: [0]}}\n",
		 ":2:47: port: 0 is not between 1 and 65535"},
		{V "detect: {'a b': {victims: [10.0.0.0/8]}}\n",
		 ":2:10: rule: 'a b': expected letters, digits, '-', '_' and '.'"},
		{V "sources: {above: 5}\n", ":2:18: above: '5': a rate needs a unit: 5/s"},
		{V "sorces: {above: off}\n", ":2:1: "},
		{V "evidence: {snap: 100}\n", ":2:18: snap: '100': expected 96 or 224"},
		{V "evidence: {total: 1}\n",
		 ":2:19: total: '1' is not a size: expected a number and KiB, MiB or GiB"},
		{V "evidence: {total: 1MiB, per_attack: 2MiB}\n",
		 ":2:11: 'per_attack' must not be more than 'total'"},
		{V "notify: [{journald: true}]\n", ":2:10: 'name' is missing"},
		{V "notify: [{name: a}]\n",
		 ":2:10: a: expected one of 'exec' and 'journald: true'"},
		{V "notify: [{name: a, exec: [notify]}]\n",
		 ":2:27: 'notify': expected the full path of a program"},
		{V "notify: [{name: a, exec: []}]\n",
		 ":2:26: expected a list: a program and its arguments"},
		{V "notify: [{name: a, journald: yes}]\n", ":2:30: journald: 'yes'"},
		{V "notify: [{name: a, journald: true, events: [atack]}]\n",
		 ":2:45: value: 'atack'"},
		{V "notify: [{name: a, journald: true}, {name: a, journald: true}]\n",
		 ":2:37: the name 'a' is given twice"},
	};
	struct scratch *scratch = *state;
	struct events_config config;

	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		struct errmsg why = {};

		store(scratch->path, faults[i].text, strlen(faults[i].text));
		assert_int_equal(events_config__read(scratch->path, &config, &why), -EINVAL);
		assert_memory_equal(why.text, scratch->path, strlen(scratch->path));
		if (strncmp(why.text + strlen(scratch->path), faults[i].why, strlen(faults[i].why)))
			fail_msg("%s, not %s", why.text, faults[i].why);
	}
}

static void test_no_file(void **state)
{
	struct events_config config;
	struct errmsg why;

	assert_int_equal(events_config__read(scratch__name(*state, "none"), &config, &why),
			 -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(defaults), SCRATCH_TEST(detect), SCRATCH_TEST(evidence_and_sources),
		SCRATCH_TEST(notify),   SCRATCH_TEST(faults), SCRATCH_TEST(no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
