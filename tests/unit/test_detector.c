// SPDX-License-Identifier: GPL-2.0-only
// test_detector: which series of intervals make which events, also by a reference that keeps
// everything and computes everything anew.
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/events/detector.h"
#include "pktgen/frames/rng.h"
#include "tests/unit_test.h"

#define START_NS 1700000000000000000ull
#define MAX_EVENTS 256

struct world {
	struct detect_rules rules;
	struct event_cap cap;
	struct detector *detector;
	struct detector_origin origin;
	__u64 time_ns;
	struct event events[MAX_EVENTS];
	size_t count;
	struct detector_interval interval; /* the next one */
	struct detector_victim victims[256];
};

static void keep_event(void *context, const struct event *event)
{
	struct world *world = context;

	assert_true(world->count < MAX_EVENTS);
	world->events[world->count++] = *event;
}

static struct world *world__new(struct detect_thresholds thresholds)
{
	struct world *world = calloc(1, sizeof(*world));

	world->rules = detect_rules__defaults();
	if (thresholds.above_pps)
		world->rules.fallback = thresholds;
	world->origin = (struct detector_origin){
		.interface = "eth0", .gateway = "gw", .attached_at_ns = 1, .nominal_ns = NS_PER_S};
	event_cap__start(&world->cap);
	world->detector =
		detector__new(&world->origin, &world->rules, &world->cap, keep_event, world);
	world->time_ns = START_NS;
	return world;
}

static void world__free(struct world *world)
{
	detector__free(world->detector);
	assert_int_equal(world->cap.attacks, 0);
	free(world);
}

static struct endpoint make_victim(int number)
{
	struct endpoint victim = {.family = ENDPOINT_IPV4, .port = htons(443)};

	victim.address[0] = htonl(0xc6120001u + number);
	return victim;
}

/* SYNs to a victim in the next interval, counted exactly. */
static struct detector_victim *add_victim(struct world *world, int number, __u64 syns)
{
	struct detector_victim *victim = &world->victims[world->interval.victim_count++];

	*victim = (struct detector_victim){.endpoint = make_victim(number), .syns = {syns, syns}};
	world->interval.syns += syns;
	return victim;
}

/* Feeds the interval, and starts another. */
static void feed_ns(struct world *world, __u64 interval_ns)
{
	struct detector_interval *interval = &world->interval;

	world->time_ns += interval_ns;
	interval->time_ns = world->time_ns;
	interval->interval_ns = interval_ns;
	interval->victims = world->victims;
	event_cap__pass_time(&world->cap, interval_ns);
	assert_int_equal(detector__feed(world->detector, interval), 0);
	*interval = (struct detector_interval){};
}

/* A second with SYNs to one victim, of which so many were finished. */
static void feed_second(struct world *world, __u64 syns, __u64 finished)
{
	add_victim(world, 0, syns);
	world->interval.closings = finished;
	feed_ns(world, NS_PER_S);
}

static void feed_seconds(struct world *world, int seconds, __u64 syns, __u64 finished)
{
	for (int i = 0; i < seconds; i++)
		feed_second(world, syns, finished);
}

static size_t count_phase(const struct world *world, enum event_phase phase)
{
	size_t count = 0;

	for (size_t i = 0; i < world->count; i++)
		count += world->events[i].kind == EVENT_ATTACK && world->events[i].phase == phase;
	return count;
}

/* Return: the seconds from the start to the first event, which must be a beginning. */
static int delay_s(const struct world *world)
{
	assert_true(world->count > 0);
	assert_int_equal(world->events[0].kind, EVENT_ATTACK);
	assert_int_equal(world->events[0].phase, PHASE_BEGAN);
	return (world->events[0].time_ns - START_NS) / NS_PER_S;
}

static const struct detect_thresholds defaults = {};

/* A rate below `above` never begins an attack, however long; nor does exactly that rate. */
static void test_steady_rates(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	feed_seconds(world, 3600, 1999, 1999);
	feed_seconds(world, 3600, 2000, 2000);
	assert_int_equal(world->count, 0);
	feed_seconds(world, 2000, 2001, 2001);
	assert_int_equal(world->count, 0);
	feed_second(world, 2001, 2001);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	assert_int_equal(world->events[0].attack.cause, CAUSE_RATE);
	assert_int_equal(world->events[0].attack.threshold_pps, 2000);
	world__free(world);
}

static void test_a_flood(void **state)
{
	struct world *world = world__new(defaults);
	const struct event *began, *ended;

	(void)state;
	feed_seconds(world, 5, 5000, 0);
	feed_seconds(world, 125, 5000, 0);
	feed_seconds(world, 59, 499, 499);
	assert_int_equal(count_phase(world, PHASE_ENDED), 0);
	feed_seconds(world, 2, 499, 499);
	assert_int_equal(delay_s(world), 1);
	assert_int_equal(world->count, 5);
	assert_int_equal(count_phase(world, PHASE_UPDATE), 3);
	began = &world->events[0];
	ended = &world->events[4];
	assert_int_equal(began->id, ended->id);
	assert_int_equal(began->attack.syns_pps, 5000);
	assert_int_equal(began->attack.syns.at_least, 5000);
	assert_int_equal(began->severity, SEVERITY_WARNING);
	assert_string_equal(began->rule, "default");
	assert_int_equal(ended->phase, PHASE_ENDED);
	assert_int_equal(ended->severity, SEVERITY_NOTICE);
	assert_int_equal(ended->attack.ended_ns, START_NS + 130 * NS_PER_S);
	assert_int_equal(ended->attack.peak_pps, 5000);
	assert_int_equal(ended->attack.syns_pps, 499);
	world__free(world);
}

/* Handshakes that do not finish, at a rate that is far below `above`. */
static void test_bots(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	/* 100 a second is not more than 100 a second; half of the SYNs is not more than half. */
	feed_seconds(world, 100, 600, 500);
	feed_seconds(world, 100, 600, 300);
	feed_seconds(world, 20, 600, 600);
	assert_int_equal(world->count, 0);
	world->time_ns = START_NS;
	feed_seconds(world, 30, 150, 0);
	assert_int_equal(delay_s(world), 9);
	assert_int_equal(world->events[0].attack.cause, CAUSE_UNFINISHED);
	assert_int_equal(world->events[0].attack.threshold_pps, 100);
	assert_int_equal(world->events[0].attack.unfinished.at_least, 9 * 150);
	assert_int_equal(world->events[0].attack.syns.at_least, 600 + 9 * 150);
	/* Half of it is 500 in 10 s: 51 a second are more; with 6 times 49 among them they are not.
	 */
	feed_seconds(world, 200, 51, 0);
	feed_seconds(world, 5 + 59, 49, 0);
	assert_int_equal(count_phase(world, PHASE_ENDED), 0);
	feed_seconds(world, 1, 49, 0);
	assert_int_equal(count_phase(world, PHASE_ENDED), 1);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	world__free(world);
}

/* Completed handshakes finish as closings do. */
static void test_completed_handshakes(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	for (int i = 0; i < 60; i++) {
		add_victim(world, 0, 1500);
		world->interval.completed_known = true;
		world->interval.completed = 1450;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(world->count, 0);
	for (int i = 0; i < 5; i++) {
		add_victim(world, 0, 1500)->closings_at_most = 0;
		world->interval.closings = 1500;
		world->interval.closings_by_victim = true;
		world->interval.completed_known = true;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(delay_s(world), 65);
	assert_int_equal(world->events[0].attack.cause, CAUSE_UNFINISHED);
	world__free(world);
}

/* A spoofed flood whose rate falls below `below` goes on: it would begin again at once. */
static void test_no_end_before_a_beginning(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	feed_seconds(world, 10, 5000, 0);
	feed_seconds(world, 300, 400, 0);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	assert_int_equal(count_phase(world, PHASE_ENDED), 0);
	feed_seconds(world, 20, 20, 20);
	assert_int_equal(count_phase(world, PHASE_ENDED), 1);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	world__free(world);
}

/* 1 s bursts every 15 s, and a flood that swings around `above`: one episode each. */
static void test_pulses_and_edges(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	for (int i = 0; i < 40; i++) {
		feed_seconds(world, 1, 6000, 6000);
		feed_seconds(world, 14, 50, 50);
	}
	assert_int_equal(delay_s(world), 1);
	feed_seconds(world, 100, 50, 50);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	assert_int_equal(count_phase(world, PHASE_ENDED), 1);
	for (int i = 0; i < 1800; i++)
		feed_second(world, i % 2 ? 2600 : 1500, 2600);
	feed_seconds(world, 100, 50, 50);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 2);
	assert_int_equal(count_phase(world, PHASE_ENDED), 2);
	world__free(world);
}

/* Return: when an attack begins that rises by @step_pps a second, on top of @usual_pps. */
static int ramp_delay_s(int usual_pps, int step_pps)
{
	struct world *world = world__new(defaults);
	int delay;

	for (int i = 1; !world->count && i < 10000; i++)
		feed_second(world, usual_pps + i * step_pps, usual_pps);
	delay = delay_s(world);
	assert_int_equal(world->events[0].attack.cause, CAUSE_UNFINISHED);
	world__free(world);
	return delay;
}

/* Ramps are found while they are slow, by what they leave unfinished. */
static void test_ramps(void **state)
{
	(void)state;
	assert_int_equal(ramp_delay_s(0, 10), 15);
	assert_int_equal(ramp_delay_s(0, 1), 105);
	assert_int_equal(ramp_delay_s(20, 1), 105);
}

/* Customers: each is told once if there are too many, and not at all as unfinished. */
static void test_crowds(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	for (int i = 0; i < 4; i++) {
		feed_seconds(world, 600, 200, 195);
		feed_seconds(world, 120, 3000, 2900);
	}
	feed_seconds(world, 100, 200, 200);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 4);
	assert_int_equal(count_phase(world, PHASE_ENDED), 4);
	for (size_t i = 0; i < world->count; i++)
		assert_int_equal(world->events[i].attack.cause, CAUSE_RATE);
	world__free(world);
}

/* Clients with long connections that come back all at once; with `unfinished: off` nothing is said.
 */
static void test_mass_reconnect(void **state)
{
	struct detect_thresholds off = detect_rules__defaults().fallback;
	struct world *world = world__new(defaults);

	(void)state;
	feed_seconds(world, 60, 10, 1);
	feed_seconds(world, 10, 1000, 20);
	feed_seconds(world, 120, 10, 1);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	assert_int_equal(count_phase(world, PHASE_ENDED), 1);
	world__free(world);
	off.unfinished_pps = 0;
	world = world__new(off);
	feed_seconds(world, 60, 10, 1);
	feed_seconds(world, 10, 1000, 20);
	feed_seconds(world, 120, 10, 1);
	assert_int_equal(world->count, 0);
	world__free(world);
}

/* A number whose mean and variance are @mean, from 12 uniform ones. */
static __u64 around(struct rng *rng, double mean)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += rng__below(rng, 1 << 20) / (double)(1 << 20);
	sum = mean + sum * sqrt(mean);
	return sum > 0 ? sum : 0;
}

/* A day of seven kinds of service: connections end @lag_s after they began, on average. */
static void test_a_day_of_normal_traffic(void **state)
{
	static const struct {
		double pps, swing; /* over the day */
		int lag_s;
		int burst_pps; /* for a second, once a minute on average */
	} kinds[] = {{50, 0.8, 2, 0},   {600, 0.9, 5, 0},   {200, 0.5, 1, 700}, {5, 0.3, 30, 50},
		     {1500, 0.2, 1, 0}, {0.5, 0, 3600, 20}, {80, 1, 60, 300}};
	const int day_s = 86400;
	struct rng rng;

	(void)state;
	rng__seed(&rng, 1, 0);
	for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
		struct world *world = world__new(defaults);
		double open = kinds[kind].pps * kinds[kind].lag_s;

		for (int i = 0; i < day_s; i++) {
			double pps = kinds[kind].pps *
				     (1 + kinds[kind].swing * sin(6.2831853 * i / day_s));
			__u64 syns = around(&rng, pps), closings;

			if (!rng__below(&rng, 60))
				syns += kinds[kind].burst_pps;
			closings = around(&rng, open / kinds[kind].lag_s);
			closings = closings < open ? closings : open;
			open += syns;
			open -= closings;
			feed_second(world, syns, closings);
		}
		if (world->count)
			fail_msg("kind %zu: %s", kind, world->events[0].summary);
		world__free(world);
	}
}

static void test_unsure_readings(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	for (int i = 0; i < 100; i++) {
		add_victim(world, 0, 0)->syns.at_most = 100000;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(world->count, 0);
	feed_second(world, 5000, 5000);
	for (int i = 0; i < 300; i++) {
		add_victim(world, 0, 0)->syns.at_most = 500;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(count_phase(world, PHASE_ENDED), 0);
	/* A victim without a row: nobody knows, up to the bound of all such. */
	for (int i = 0; i < 59; i++) {
		world->interval.unlisted_at_most = 499;
		feed_ns(world, NS_PER_S);
	}
	world->interval.restarted = true;
	feed_ns(world, NS_PER_S);
	for (int i = 0; i < 59; i++)
		feed_ns(world, NS_PER_S);
	assert_int_equal(count_phase(world, PHASE_ENDED), 0);
	feed_ns(world, NS_PER_S);
	assert_int_equal(count_phase(world, PHASE_ENDED), 1);
	world__free(world);
}

static void test_gaps(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	add_victim(world, 0, 2000 * 40);
	world->interval.closings = 2000 * 40;
	feed_ns(world, 40 * NS_PER_S);
	assert_int_equal(world->count, 1);
	assert_int_equal(world->events[0].kind, EVENT_LOSS);
	assert_int_equal(world->events[0].phase, PHASE_POINT);
	assert_int_equal(world->events[0].loss.where, LOSS_UNOBSERVED);
	assert_int_equal(world->events[0].loss.from_ns, START_NS);
	assert_int_equal(world->events[0].loss.to_ns, START_NS + 40 * NS_PER_S);
	assert_string_equal(world->events[0].summary,
			    "Nothing was read for 40000 ms: no state changed in between.");
	/* Three intervals are none. */
	add_victim(world, 0, 0);
	feed_ns(world, 3 * NS_PER_S);
	assert_int_equal(world->count, 1);
	add_victim(world, 0, 2000 * 40 + 2001);
	world->interval.closings = 2000 * 40 + 2001;
	feed_ns(world, 40 * NS_PER_S);
	assert_int_equal(world->count, 3);
	assert_int_equal(world->events[2].phase, PHASE_BEGAN);
	world__free(world);
}

/* Closings that a restart has lost do not leave SYNs unfinished. */
static void test_restart(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	feed_second(world, 900, 0);
	world->interval.restarted = true;
	feed_second(world, 900, 900);
	feed_second(world, 200, 0);
	assert_int_equal(world->count, 0);
	world__free(world);
}

static void feed_distinct(struct world *world, __u64 syns, __u64 others, __u64 at_least,
			  __u64 at_most)
{
	add_victim(world, 0, syns);
	if (others)
		add_victim(world, 1, others);
	world->interval.distinct_known = true;
	world->interval.distinct = (struct event_bounds){at_least, at_most};
	feed_ns(world, NS_PER_S);
}

/* Return: what is said of the sources of 5000 SYNs. */
static enum event_answer spoofed_by(__u64 others, __u64 at_least, __u64 at_most, int completed)
{
	struct world *world = world__new(defaults);
	enum event_answer answer;

	if (completed >= 0) {
		world->interval.completed_known = true;
		world->interval.completed = completed;
	}
	feed_distinct(world, 5000, others, at_least, at_most);
	assert_int_equal(world->events[0].severity == SEVERITY_CRITICAL,
			 world->events[0].attack.spoofed == ANSWER_YES);
	answer = world->events[0].attack.spoofed;
	world__free(world);
	return answer;
}

static void test_spoofed(void **state)
{
	(void)state;
	assert_int_equal(spoofed_by(0, 4000, 5000, -1), ANSWER_YES);
	assert_int_equal(spoofed_by(0, 3999, 5000, -1), ANSWER_UNKNOWN);
	assert_int_equal(spoofed_by(0, 1, 1000, -1), ANSWER_NO);
	assert_int_equal(spoofed_by(0, 1, 1001, -1), ANSWER_UNKNOWN);
	assert_int_equal(spoofed_by(1000, 4999, 5500, -1), ANSWER_UNKNOWN);
	assert_int_equal(spoofed_by(1000, 5000, 5500, -1), ANSWER_YES);
	assert_int_equal(spoofed_by(0, 5000, 5000, 249), ANSWER_YES);
	assert_int_equal(spoofed_by(0, 5000, 5000, 250), ANSWER_UNKNOWN);
	assert_int_equal(spoofed_by(0, 5000, 5000, 2500), ANSWER_NO);
	assert_int_equal(spoofed_by(1000, 5000, 5000, 2500), ANSWER_UNKNOWN);
}

/* A victim of a `protect` rule is judged once, by the kernel. */
static void test_protected_victims(void **state)
{
	struct world *world = world__new(defaults);
	struct detector_kernel kernel = {
		.judges = true, .rule = "web", .above_pps = 7000, .challenged = 10};

	(void)state;
	for (int i = 0; i < 5; i++) {
		add_victim(world, 0, 6000)->kernel = kernel;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(world->count, 0);
	kernel.is_armed = true;
	add_victim(world, 0, 9000)->kernel = kernel;
	feed_ns(world, NS_PER_S);
	assert_int_equal(world->count, 1);
	assert_int_equal(world->events[0].attack.cause, CAUSE_KERNEL);
	assert_int_equal(world->events[0].attack.threshold_pps, 7000);
	assert_string_equal(world->events[0].rule, "web");
	kernel.is_armed = false;
	kernel.challenged = 8010;
	add_victim(world, 0, 6000)->kernel = kernel;
	feed_ns(world, NS_PER_S);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->events[1].phase, PHASE_ENDED);
	assert_true(world->events[1].attack.answered_known);
	assert_int_equal(world->events[1].attack.challenged, 8000);
	world__free(world);
}

/* Armed by other interfaces' SYNs alone: nothing happened on this one. */
static void test_protected_elsewhere(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	add_victim(world, 0, 0)->kernel =
		(struct detector_kernel){.judges = true, .is_armed = true};
	feed_ns(world, NS_PER_S);
	assert_int_equal(world->count, 0);
	world__free(world);
}

static void feed_victims(struct world *world, int from, int count, __u64 syns)
{
	for (int i = from; i < from + count; i++)
		add_victim(world, i, syns);
	world->interval.closings = world->interval.syns;
	feed_ns(world, NS_PER_S);
}

/* One event for many victims of a prefix. */
static void test_grouping(void **state)
{
	struct world *world = world__new(defaults);
	const struct event_attack *attack = &world->events[1].attack;

	(void)state;
	feed_victims(world, 0, 1, 2600);
	for (int i = 0; i < 5; i++)
		feed_victims(world, 0, 100, 2600);
	assert_int_equal(world->count, 2);
	assert_int_equal(attack->prefix_bits, 24);
	assert_int_equal(attack->victims, 100);
	assert_int_equal(attack->syns_pps, 260000);
	assert_int_equal(detector__open_attacks(world->detector), 2);
	for (int i = 0; i < 60; i++)
		feed_victims(world, 0, 100, 10);
	/* The first victim had begun by itself, and so it ends. */
	assert_int_equal(count_phase(world, PHASE_ENDED), 2);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 2);
	assert_int_equal(detector__open_attacks(world->detector), 0);
	world__free(world);
}

/* A few attacks are told one by one, unless their sum is high. */
static void test_grouping_by_the_sum(void **state)
{
	struct world *world = world__new(defaults);

	(void)state;
	for (int i = 0; i < 4; i++)
		feed_victims(world, 0, 3, 2600);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 3);
	world__free(world);
	world = world__new(defaults);
	feed_victims(world, 0, 2, 4001);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 1);
	assert_int_equal(world->events[0].attack.victims, 2);
	assert_int_equal(world->events[0].attack.threshold_pps, 8000);
	world__free(world);
	world = world__new(defaults);
	feed_victims(world, 0, 1, 100000);
	assert_int_equal(world->events[0].attack.prefix_bits, 0);
	assert_int_equal(world->events[0].severity, SEVERITY_CRITICAL);
	world__free(world);
}

/* In different prefixes: 64 are open at most, and the others are counted. */
static void test_cap(void **state)
{
	struct world *world = world__new(defaults);
	struct event event;

	(void)state;
	for (int second = 0; second < 4; second++) {
		for (int i = 0; i < 80; i++)
			add_victim(world, i * 256, 2600);
		world->interval.closings = world->interval.syns;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(count_phase(world, PHASE_BEGAN), 64);
	assert_true(event_cap__suppressed(&world->cap, &event));
	assert_int_equal(event.suppressed.counts[EVENT_ATTACK], 16);
	/* When others have ended, those that go on are announced. */
	for (int second = 0; second < 61; second++) {
		for (int i = 0; i < 80; i++)
			add_victim(world, i * 256, i < 60 ? 0 : 2600);
		world->interval.closings = world->interval.syns;
		feed_ns(world, NS_PER_S);
	}
	assert_int_equal(count_phase(world, PHASE_ENDED), 60);
	assert_int_equal(count_phase(world, PHASE_BEGAN), 80);
	assert_false(event_cap__suppressed(&world->cap, &event));
	detector__end_all(world->detector, world->time_ns);
	assert_int_equal(count_phase(world, PHASE_ENDED), 80);
	world__free(world);
}

/* Another process goes on where the first was killed. */
static void test_save_and_restore(void **state)
{
	struct world *world = world__new(defaults), *next = world__new(defaults);
	struct errmsg why = {};
	char *text, *again;

	(void)state;
	for (int i = 0; i < 5; i++)
		feed_victims(world, 0, 20, 2600);
	feed_victims(world, 300, 1, 9000);
	detector__set_evidence(world->detector, world->events[1].id, "attack.pcapng");
	text = detector__save(world->detector);
	if (detector__restore(next->detector, text, strlen(text), &why))
		fail_msg("%s", why.text);
	again = detector__save(next->detector);
	assert_string_equal(text, again);
	assert_int_equal(next->cap.attacks, 2);
	next->time_ns = world->time_ns + 1000 * NS_PER_S;
	for (int i = 0; i < 60; i++)
		feed_victims(next, 300, 1, 10);
	assert_int_equal(count_phase(next, PHASE_BEGAN), 0);
	assert_int_equal(count_phase(next, PHASE_ENDED), 2);
	for (int i = 0; i < 2; i++) {
		const struct event *event = &next->events[next->count - 2 + i];

		assert_int_equal(event->phase, PHASE_ENDED);
		assert_int_equal(event->id, world->events[i].id);
		assert_true(event->attack.ended_ns <= world->time_ns);
	}
	assert_string_equal(next->events[next->count - 1].attack.evidence, "attack.pcapng");
	free(again);
	for (size_t bytes = 0; bytes < strlen(text); bytes += 101)
		assert_int_not_equal(detector__restore(next->detector, text, bytes, &why), 0);
	assert_int_equal(next->cap.attacks, 0);
	free(text);
	world__free(world);
	world__free(next);
}

/* The reference: everything that was fed, looked at again for each interval. */
#define MAX_FED 24

struct fed {
	__u64 ns, closings, completed;
	struct event_bounds syns;
	bool restarted;
	bool is_calm;
};

struct reference {
	struct detect_thresholds thresholds;
	struct fed fed[MAX_FED];
	int count;
	bool under_attack;
	enum attack_cause cause;
	int level_from; /* intervals before are not part of the level, or of the window */
	int window_from;
};

/* The last 10 s. */
struct window {
	int from, slot_end; /* its first interval, and the first behind its first slot */
	__int128 ns, at_least, at_most, finished;
};

/* Intervals are joined from @from on until they have a second; whole slots make the window. */
static struct window window_from(const struct reference *reference, int from)
{
	struct window window = {};
	int starts[MAX_FED + 1], slots = 0;
	__int128 ns = NS_PER_S, closings = 0, completed = 0;

	for (int i = from; i < reference->count; i++) {
		if (ns >= NS_PER_S) {
			starts[slots++] = i;
			ns = 0;
		}
		ns += reference->fed[i].ns;
	}
	starts[slots] = window.from = reference->count;
	for (int slot = slots - 1; slot >= 0 && window.ns < 10 * (__int128)NS_PER_S; slot--) {
		window.from = starts[slot];
		window.slot_end = starts[slot + 1];
		for (int i = starts[slot]; i < starts[slot + 1]; i++) {
			const struct fed *fed = &reference->fed[i];

			window.ns += fed->ns;
			window.at_least += fed->syns.at_least;
			window.at_most += fed->syns.at_most;
			closings += fed->closings;
			completed += fed->completed;
		}
	}
	window.finished = closings > completed ? closings : completed;
	if (window.ns < 10 * (__int128)NS_PER_S)
		window.ns = 10 * (__int128)NS_PER_S;
	return window;
}

/* Of a calm victim, slots before the first SYN are not part of it. */
static void trim_reference(struct reference *reference)
{
	for (;;) {
		struct window window = window_from(reference, reference->window_from);
		__u64 syns = 0;

		for (int i = window.from; i < window.slot_end; i++)
			syns += reference->fed[i].syns.at_least;
		if (syns || window.from == reference->count)
			return;
		reference->window_from = window.slot_end;
	}
}

static bool reference_is_unfinished(const struct reference *reference)
{
	struct window window = window_from(reference, reference->window_from);
	__int128 unfinished = window.at_least - window.finished;

	return reference->thresholds.unfinished_pps && 2 * unfinished > window.at_least &&
	       unfinished * NS_PER_S > reference->thresholds.unfinished_pps * window.ns;
}

/* The highest sum of any last intervals. */
static bool reference_exceeds_rate(const struct reference *reference)
{
	__int128 above = reference->thresholds.above_pps, sum = 0, highest = 0;

	for (int i = reference->count - 1; i >= reference->level_from; i--) {
		const struct fed *fed = &reference->fed[i];

		sum += (__int128)fed->syns.at_least * NS_PER_S - above * fed->ns;
		highest = sum > highest ? sum : highest;
	}
	return highest > above * NS_PER_S;
}

static bool reference_is_calm(const struct reference *reference, const struct fed *fed)
{
	const struct detect_thresholds *thresholds = &reference->thresholds;
	struct window window = window_from(reference, reference->window_from);
	__int128 unfinished = window.at_most - window.finished;

	if (fed->restarted ||
	    (__int128)fed->syns.at_most * NS_PER_S >= (__int128)thresholds->below_pps * fed->ns)
		return false;
	return reference->cause != CAUSE_UNFINISHED || !thresholds->unfinished_pps ||
	       unfinished < 0 || 2 * unfinished * NS_PER_S < thresholds->unfinished_pps * window.ns;
}

static bool reference_has_held(const struct reference *reference)
{
	__int128 ns = 0;

	for (int i = reference->count - 1; i >= 0 && reference->fed[i].is_calm; i--)
		ns += reference->fed[i].ns;
	return ns >= (__int128)reference->thresholds.hold_s * NS_PER_S;
}

/* Return: the phase that this interval begins; EVENT_PHASE_COUNT: none. */
static enum event_phase reference_feed(struct reference *reference, const struct fed *interval)
{
	struct fed *fed = &reference->fed[reference->count];

	*fed = *interval;
	if (fed->restarted)
		reference->window_from = reference->count;
	reference->count++;
	if (reference->under_attack) {
		fed->is_calm = reference_is_calm(reference, fed);
		if (!reference_has_held(reference) || reference_is_unfinished(reference))
			return EVENT_PHASE_COUNT;
		reference->under_attack = false;
		reference->level_from = reference->count;
		return PHASE_ENDED;
	}
	trim_reference(reference);
	if (reference_exceeds_rate(reference))
		reference->cause = CAUSE_RATE;
	else if (reference_is_unfinished(reference))
		reference->cause = CAUSE_UNFINISHED;
	else
		return EVENT_PHASE_COUNT;
	reference->under_attack = true;
	return PHASE_BEGAN;
}

/* Intervals of a kind, mostly around the thresholds. */
static struct fed random_interval(struct rng *rng, const struct detect_thresholds *thresholds,
				  int regime)
{
	static const __u32 longest_ms[] = {0, 1800, 89800};
	__u32 spread_ms = longest_ms[regime % 3], factor = regime / 3 % 3;
	__u64 ms = spread_ms ? 200 + rng__below(rng, spread_ms + 1) : 1000;
	__u64 usual = (factor == 0   ? thresholds->below_pps
		       : factor == 1 ? thresholds->unfinished_pps + 1
				     : thresholds->above_pps) *
		      ms / 1000;
	struct fed fed = {.ns = ms * 1000000, .restarted = !rng__below(rng, 32)};

	fed.syns.at_least = rng__below(rng, 4) ? rng__below(rng, 2 * usual + 2) : usual;
	fed.syns.at_most = fed.syns.at_least;
	if (!rng__below(rng, 4))
		fed.syns.at_most += rng__below(rng, usual + 1);
	fed.closings = rng__below(rng, 3) ? rng__below(rng, fed.syns.at_most + 2) : 0;
	fed.completed = rng__below(rng, 4) ? 0 : rng__below(rng, fed.syns.at_most + 1);
	return fed;
}

/* What a victim without a row has is an upper bound alone. */
static void feed_random(struct world *world, struct rng *rng, struct fed *fed)
{
	if (rng__below(rng, 8)) {
		add_victim(world, 0, fed->syns.at_least)->syns = fed->syns;
	} else {
		fed->syns.at_least = 0;
		world->interval.unlisted_at_most = fed->syns.at_most;
	}
	world->interval.closings = fed->closings;
	world->interval.completed_known = fed->completed;
	world->interval.completed = fed->completed;
	world->interval.restarted = fed->restarted;
	feed_ns(world, fed->ns);
}

static void check_random_series(__u64 seed, struct world *world, __u32 *begun)
{
	struct reference reference = {};
	struct detect_thresholds *thresholds = &world->rules.fallback;
	struct rng rng;
	int intervals, regime = 0;

	rng__seed(&rng, seed, 0);
	thresholds->above_pps = 1 + rng__below(&rng, 30);
	thresholds->below_pps = 1 + rng__below(&rng, thresholds->above_pps);
	thresholds->hold_s = 1 + rng__below(&rng, 8);
	thresholds->unfinished_pps = rng__below(&rng, 10);
	reference.thresholds = *thresholds;
	intervals = 8 + rng__below(&rng, MAX_FED - 8);
	for (int i = 0; i < intervals; i++) {
		struct fed fed;
		enum event_phase phase;

		if (!rng__below(&rng, 6))
			regime = rng__below(&rng, 9);
		fed = random_interval(&rng, thresholds, regime);
		world->count = 0;
		feed_random(world, &rng, &fed);
		phase = reference_feed(&reference, &fed);
		assert_int_equal(count_phase(world, phase), phase < EVENT_PHASE_COUNT);
		assert_int_equal(count_phase(world, PHASE_BEGAN) + count_phase(world, PHASE_ENDED),
				 phase < EVENT_PHASE_COUNT);
		if (phase == PHASE_BEGAN)
			assert_int_equal(world->events[world->count - 1].attack.cause,
					 reference.cause);
		*begun += phase == PHASE_BEGAN;
	}
}

static void test_random_series(void **state)
{
	struct world *world = world__new(defaults);
	__u32 begun = 0;

	(void)state;
	for (__u64 seed = 0; seed < 100000; seed++) {
		detector__free(world->detector);
		event_cap__start(&world->cap);
		world->detector = detector__new(&world->origin, &world->rules, &world->cap,
						keep_event, world);
		check_random_series(seed, world, &begun);
	}
	assert_in_range(begun, 80000, 1000000);
	world__free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady_rates),
		cmocka_unit_test(test_a_flood),
		cmocka_unit_test(test_bots),
		cmocka_unit_test(test_completed_handshakes),
		cmocka_unit_test(test_no_end_before_a_beginning),
		cmocka_unit_test(test_pulses_and_edges),
		cmocka_unit_test(test_ramps),
		cmocka_unit_test(test_crowds),
		cmocka_unit_test(test_mass_reconnect),
		cmocka_unit_test(test_a_day_of_normal_traffic),
		cmocka_unit_test(test_unsure_readings),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_spoofed),
		cmocka_unit_test(test_protected_victims),
		cmocka_unit_test(test_protected_elsewhere),
		cmocka_unit_test(test_grouping),
		cmocka_unit_test(test_grouping_by_the_sum),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_save_and_restore),
		cmocka_unit_test(test_random_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
