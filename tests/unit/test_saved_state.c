// SPDX-License-Identifier: GPL-2.0-only
// test_saved_state: what a run knows is what the next one reads, with all that the journal has
// since.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/events/detector.h"
#include "common/events/journal.h"
#include "ctl/monitor/saved_state.h"
#include "tests/scratch.h"

static void count_events(void *context, const struct event *event)
{
	(void)event;
	++*(int *)context;
}

static struct event make_attack(enum event_phase phase, __u64 id)
{
	struct event event = {.time_ns = 1700000000000000000,
			      .kind = EVENT_ATTACK,
			      .phase = phase,
			      .id = id,
			      .severity = SEVERITY_WARNING,
			      .interface = "eth0",
			      .gateway = "gw",
			      .summary = "s",
			      .attack = {.victims = 1, .began_ns = 1700000000000000000}};

	event.attack.victim.family = ENDPOINT_IPV4;
	event.attack.victim.address[0] = id;
	event.attack.victim.port = 80;
	if (phase == PHASE_ENDED)
		event.attack.ended_ns = event.time_ns + 1;
	return event;
}

static void append(struct scratch *scratch, const struct event *event)
{
	struct journal_line line;
	struct journal *journal;

	assert_true(event__write(event, line.text) > 0);
	line.text[strcspn(line.text, "\n")] = '\0';
	assert_int_equal(journal__open(scratch->dir, &(struct journal_options){}, &journal, NULL),
			 0);
	journal__append(journal, &line, 1, 1);
	journal__close(journal);
}

static void load(struct scratch *scratch, int want_seen, struct saved_state *ret)
{
	struct errmsg why = {};
	int seen = 0;

	assert_int_equal(saved_state__load(scratch->dir, count_events, &seen, ret, &why), 0);
	assert_int_equal(seen, want_seen);
}

/* A detector takes the attacks of an interface, and says how many there are. */
static size_t restored_attacks(const struct saved_interface *saved)
{
	struct detect_rules rules = detect_rules__defaults();
	const struct detector_origin origin = {.interface = "eth0", .gateway = "gw"};
	char *attacks = json_dumps(saved->attacks, 0);
	struct detector *detector;
	struct errmsg why = {};
	struct event_cap cap;
	size_t count;
	int ignored = 0;

	event_cap__start(&cap);
	detector = detector__new(&origin, &rules, &cap, count_events, &ignored);
	if (detector__restore(detector, attacks, strlen(attacks), &why))
		fail_msg("%s", why.text);
	count = detector__open_attacks(detector);
	free(attacks);
	detector__free(detector);
	return count;
}

static void test_journal_alone(void **state)
{
	const struct event began = make_attack(PHASE_BEGAN, 1), other = make_attack(PHASE_BEGAN, 2);
	const struct event update = make_attack(PHASE_UPDATE, 1);
	const struct event ended = make_attack(PHASE_ENDED, 1);
	struct saved_state saved;

	load(*state, 0, &saved);
	assert_int_equal(saved.count, 0);
	assert_int_equal(saved.time_ns, 0);
	append(*state, &began);
	append(*state, &other);
	append(*state, &update);
	load(*state, 3, &saved);
	assert_int_equal(saved.sequence, 3);
	assert_int_equal(restored_attacks(saved_state__find(&saved, "eth0")), 2);
	saved_state__free(&saved);
	append(*state, &ended);
	load(*state, 4, &saved);
	assert_int_equal(restored_attacks(saved_state__find(&saved, "eth0")), 1);
	assert_null(saved_state__find(&saved, "eth1"));
	saved_state__free(&saved);
}

static void test_stored(void **state)
{
	struct scratch *scratch = *state;
	struct event began = make_attack(PHASE_BEGAN, 1), regime = {};
	struct saved_state saved, again;
	struct saved_interface *eth0;

	append(scratch, &began);
	load(scratch, 1, &saved);
	eth0 = saved_state__find(&saved, "eth0");
	eth0->attached_at_ns = 1690000000000000000;
	eth0->program_id = 77;
	saved.time_ns = 1700000000000000001;
	saved.counts.events[EVENT_ATTACK] = 9;
	saved.counts.journal_lost = 3;
	saved.counts.hook_count = 1;
	strcpy(saved.counts.hooks[0].name, "rtbh");
	saved.counts.hooks[0].failures = 5;
	assert_int_equal(saved_state__store(scratch->dir, &saved, NULL), 0);
	/* The journal goes on after it. */
	regime = (struct event){.time_ns = 1,
				.kind = EVENT_REGIME,
				.phase = PHASE_BEGAN,
				.id = 3,
				.interface = "eth0",
				.gateway = "gw",
				.regime = {.table = TABLE_VICTIMS}};
	append(scratch, &regime);
	load(scratch, 1, &again);
	assert_int_equal(again.sequence, 2);
	assert_int_equal(again.time_ns, saved.time_ns);
	eth0 = saved_state__find(&again, "eth0");
	assert_int_equal(eth0->attached_at_ns, 1690000000000000000);
	assert_int_equal(eth0->program_id, 77);
	assert_int_equal(eth0->regimes, 1 << TABLE_VICTIMS);
	assert_int_equal(restored_attacks(eth0), 1);
	assert_int_equal(again.counts.events[EVENT_ATTACK], 9);
	assert_int_equal(again.counts.journal_lost, 3);
	assert_string_equal(again.counts.hooks[0].name, "rtbh");
	assert_int_equal(again.counts.hooks[0].failures, 5);
	saved_state__free(&saved);
	saved_state__free(&again);
}

/* What became of the program on an interface while the state was not stored. */
static void test_attachments(void **state)
{
	struct event event = {.time_ns = 1,
			      .kind = EVENT_ATTACHMENT,
			      .phase = PHASE_POINT,
			      .interface = "eth0",
			      .gateway = "gw",
			      .attachment = {.state = ATTACHMENT_UPGRADED, .program_id = 5}};
	struct saved_state saved;

	append(*state, &event);
	load(*state, 1, &saved);
	assert_int_equal(saved_state__find(&saved, "eth0")->program_id, 5);
	saved_state__free(&saved);
	event.attachment.state = ATTACHMENT_GONE;
	append(*state, &event);
	load(*state, 2, &saved);
	assert_null(saved_state__find(&saved, "eth0"));
	saved_state__free(&saved);
}

static void test_damaged(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "{\"schema\":1}",
					    "{\"schema\":1,\"sequence\":-1,\"time_ns\":0,"
					    "\"counts\":{},\"interfaces\":[]}"};
	const struct event began = make_attack(PHASE_BEGAN, 1);
	struct scratch *scratch = *state;
	struct saved_state saved;

	append(scratch, &began);
	assert_int_equal(saved_state__read(scratch->dir, &saved), -ENOENT);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		store(scratch__name(scratch, SAVED_STATE_FILE), texts[i], strlen(texts[i]));
		assert_int_equal(saved_state__read(scratch->dir, &saved), -EBADMSG);
		load(scratch, 1, &saved);
		assert_int_equal(restored_attacks(saved_state__find(&saved, "eth0")), 1);
		saved_state__free(&saved);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(journal_alone),
		SCRATCH_TEST(stored),
		SCRATCH_TEST(attachments),
		SCRATCH_TEST(damaged),
	};

	return cmocka_run_group_tests_name("saved_state", tests, NULL, NULL);
}
