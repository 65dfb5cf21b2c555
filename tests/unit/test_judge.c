// SPDX-License-Identifier: GPL-2.0-only
// test_judge: the order in which a policy decides, row by row, and that every frame has one reason.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge_world.h"

#define START (1ull << 32) /* jiffies */
#define ENDED (START - 1)
#define SOON (START + 10)

enum {
	RULE_MANAGEMENT = 1,
	RULE_SSH,
	RULE_ALLOW,
	RULE_DENY,
	RULE_DENY_SHORT,
	RULE_DENY_SHADOW,
	RULE_FRAGMENTS,
	RULE_LIMIT,
	RULE_WEB,
	RULE_WEB_SHADOW,
	RULE_DNS,
};

static struct judge_world world;

/* A segment whose header starts behind an IP header; answers are written over it. */
static __u8 frame_memory[2 + 96] __attribute__((aligned(8)));

static int setup(void **state)
{
	(void)state;
	judge_world__init(&world, JUDGE_LINES, START);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	judge_world__free(&world);
	return 0;
}

static struct endpoint endpoint_of(const char *address, __u16 port)
{
	struct prefix prefix;

	assert_int_equal(prefix__parse("address", address, &prefix, NULL), 0);
	prefix.network.port = htons(port);
	return prefix.network;
}

/* Sums: reasons = frames; matched of all rules = frames - pass_default. */
static void check_sums(void)
{
	__u64 reasons = 0, matched = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		reasons += world.counters.reasons[i];
	for (int i = 0; i < POLICY_RULES; i++)
		matched += world.counters.rules[i].matched;
	assert_int_equal(reasons, world.frames);
	assert_int_equal(matched, world.frames - world.counters.reasons[REASON_PASS_DEFAULT]);
	assert_int_equal(world.counters.rules[0].matched + world.counters.rules[0].shadow, 0);
}

/* Return: the reason; the rule that matched is set, 0 if none. */
static enum policy_reason judge_one(const char *source, const char *victim, __u16 port,
				    enum frame_class class, __u16 marks, int *ret_rule)
{
	struct verdict_counters before = world.counters;
	enum policy_reason found = REASON_COUNT;
	int verdict;
	struct frame frame = {.data = frame_memory + 2, .end = frame_memory + sizeof(frame_memory)};

	frame.context = &frame;
	memset(frame_memory, 0, sizeof(frame_memory));
	world.counters.frame = (struct judged_frame){
		.class = class, .marks = marks, .ip_offset = 14, .tcp_offset = 54};
	if (source) {
		world.counters.frame.source = endpoint_of(source, 0);
		world.counters.frame.victim = endpoint_of(victim, port);
	}
	verdict = judge(&frame, 0);
	world.frames++;
	check_sums();
	for (int i = 0; i < REASON_COUNT; i++)
		if (world.counters.reasons[i] != before.reasons[i])
			found = i;
	*ret_rule = 0;
	for (int i = 0; i < POLICY_RULES; i++)
		if (world.counters.rules[i].matched != before.rules[i].matched)
			*ret_rule = i;
	assert_int_equal(verdict, reason_verdict(found));
	return found;
}

static const char *reason_name(enum policy_reason reason)
{
#define REASON_NAME(constant, name, verdict, label) [constant] = name,
	static const char *const names[] = {REASONS(REASON_NAME)[REASON_COUNT] = "none"};

	return names[reason];
}

/* The longest-lived of the same listing counts, and the first kind of listing in the order. */
static void list_everything(void)
{
	struct policy_builder *builder = &world.builder;

	policy_builder__manage(builder, "192.0.2.0/24", 0, RULE_MANAGEMENT);
	policy_builder__manage(builder, "2001:db8:1::/48", 22, RULE_SSH);
	policy_builder__list(builder, "203.0.113.0/24", LISTED_ALLOW, RULE_ALLOW, POLICY_FOREVER);
	policy_builder__list(builder, "10.0.0.0/8", LISTED_DENY, RULE_DENY, POLICY_FOREVER);
	policy_builder__list(builder, "10.1.0.0/16", LISTED_ALLOW, RULE_ALLOW, ENDED);
	policy_builder__list(builder, "10.2.0.0/16", LISTED_ALLOW, RULE_ALLOW, SOON);
	policy_builder__list(builder, "10.3.0.0/16", LISTED_DENY, RULE_DENY_SHORT, SOON);
	policy_builder__list(builder, "192.0.2.0/25", LISTED_DENY, RULE_DENY, POLICY_FOREVER);
	policy_builder__list(builder, "203.0.113.0/25", LISTED_DENY, RULE_DENY, POLICY_FOREVER);
	policy_builder__list(builder, "2001:db8::/32", LISTED_DENY, RULE_DENY, POLICY_FOREVER);
	policy_builder__list(builder, "2001:db8:2:3::1/128", LISTED_ALLOW, RULE_ALLOW,
			     POLICY_FOREVER);
	policy_builder__list(builder, "198.51.100.0/24", LISTED_DENY, RULE_DENY_SHORT, SOON);
	policy_builder__list(builder, "172.16.0.0/12", LISTED_DENY_SHADOW, RULE_DENY_SHADOW,
			     POLICY_FOREVER);
	policy_builder__list(builder, "172.17.0.0/16", LISTED_DENY, RULE_DENY, POLICY_FOREVER);
}

struct row {
	const char *source; /* NULL: no IP header */
	const char *victim;
	__u16 port;
	enum frame_class class;
	__u16 marks;
	enum policy_reason reason;
	int rule;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		int rule;
		enum policy_reason reason = judge_one(row->source, row->victim, row->port,
						      row->class, row->marks, &rule);

		if (reason != row->reason || rule != row->rule)
			fail_msg("row %zu, %s: %s by %d, not %s by %d", i, row->source ?: "no IP",
				 reason_name(reason), rule, reason_name(row->reason), row->rule);
	}
}

#define SERVER "198.18.0.1", 443
#define SERVER_V6 "2001:db8:f::1", 443

static void test_lists(void **state)
{
	static const struct row rows[] = {
		{NULL, NULL, 0, CLASS_NON_IP, 0, REASON_PASS_DEFAULT, 0},
		{NULL, NULL, 0, CLASS_RUNT, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_TCP_OTHER, 0, REASON_PASS_DEFAULT, 0},
		{"192.0.2.1", SERVER, CLASS_SYN, 0, REASON_PASS_MANAGEMENT, RULE_MANAGEMENT},
		{"192.0.2.1", SERVER, CLASS_IPV4_OTHER, 0, REASON_PASS_MANAGEMENT, RULE_MANAGEMENT},
		{"192.0.2.200", SERVER, CLASS_SYN, 0, REASON_PASS_MANAGEMENT, RULE_MANAGEMENT},
		{"2001:db8:1::5", "2001:db8:f::1", 22, CLASS_SYN, 0, REASON_PASS_MANAGEMENT,
		 RULE_SSH},
		{"2001:db8:1::5", SERVER_V6, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"2001:db8:1::5", "2001:db8:f::1", 0, CLASS_IPV6_OTHER, 0, REASON_DROP_DENY,
		 RULE_DENY},
		{"2001:db8:1::5", "2001:db8:f::1", 0, CLASS_IPV6_OTHER, MARK_NEIGHBOUR,
		 REASON_PASS_DEFAULT, 0},
		{"2001:db8:2:3::1", SERVER_V6, CLASS_SYN, 0, REASON_PASS_ALLOW, RULE_ALLOW},
		{"2001:db8:2:3::2", SERVER_V6, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"2001:db9::", SERVER_V6, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"203.0.113.1", SERVER, CLASS_SYN, 0, REASON_PASS_ALLOW, RULE_ALLOW},
		{"203.0.113.200", SERVER, CLASS_FRAGMENT, 0, REASON_PASS_ALLOW, RULE_ALLOW},
		{"10.0.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"10.255.255.255", SERVER, CLASS_FRAGMENT, 0, REASON_DROP_DENY, RULE_DENY},
		{"10.0.0.1", SERVER, CLASS_BAD_IHL, 0, REASON_DROP_DENY, RULE_DENY},
		{"11.0.0.0", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"10.1.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"10.2.0.1", SERVER, CLASS_SYN, 0, REASON_PASS_ALLOW, RULE_ALLOW},
		/* The one that ends last. */
		{"10.3.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"198.51.100.7", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY_SHORT},
		{"172.16.0.1", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"172.17.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
	};
	static const struct row later[] = {
		{"198.51.100.7", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"10.2.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"10.3.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"203.0.113.1", SERVER, CLASS_SYN, 0, REASON_PASS_ALLOW, RULE_ALLOW},
	};

	(void)state;
	list_everything();
	judge_world__put(&world, POLICY_CONFIRMED);
	check_rows(rows, COUNT_OF(rows));
	assert_int_equal(world.counters.shadow[REASON_DROP_DENY], 2);
	assert_int_equal(world.counters.rules[RULE_DENY_SHADOW].shadow, 2);
	world.counters.virtual_now = SOON;
	check_rows(later, COUNT_OF(later));
}

/* Both slots empty, then a candidate that ends, then the confirmed policy. */
static void test_slots(void **state)
{
	static const struct row denied[] = {
		{"10.0.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY}};
	static const struct row passed[] = {
		{"10.0.0.1", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0}};
	struct policy_image *image;

	(void)state;
	check_rows(passed, 1);
	list_everything();
	judge_world__put(&world, POLICY_CANDIDATE);
	image = (struct policy_image *)world.builder.chunks;
	check_rows(denied, 1);
	image->header.deadline = SOON;
	check_rows(denied, 1);
	world.counters.virtual_now = SOON;
	check_rows(passed, 1);
	/* A confirmed policy does not end, whatever its header says. */
	world.slots[POLICY_CONFIRMED] = world.slots[POLICY_CANDIDATE];
	world.slots[POLICY_CANDIDATE] = (struct host_array){};
	check_rows(denied, 1);
}

static void test_fragments(void **state)
{
	static const struct row rows[] = {
		{"8.8.8.8", SERVER, CLASS_TRUNCATED_L4, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_FRAGMENT, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_TCP_OTHER, MARK_FRAGMENTED, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_TRUNCATED_L4, MARK_FRAGMENTED, REASON_DROP_TINY_FRAGMENT,
		 RULE_FRAGMENTS},
		{"203.0.113.1", SERVER, CLASS_TRUNCATED_L4, MARK_FRAGMENTED, REASON_PASS_ALLOW,
		 RULE_ALLOW},
	};
	static const struct row shadow[] = {
		{"8.8.8.8", SERVER, CLASS_TRUNCATED_L4, MARK_FRAGMENTED, REASON_PASS_DEFAULT, 0}};
	struct policy_image *image;

	(void)state;
	list_everything();
	world.builder.image->header.tiny_fragment_rule = RULE_FRAGMENTS;
	judge_world__put(&world, POLICY_CONFIRMED);
	image = (struct policy_image *)world.builder.chunks;
	check_rows(rows, COUNT_OF(rows));
	image->header.tiny_fragment_shadow = true;
	check_rows(shadow, 1);
	assert_int_equal(world.counters.shadow[REASON_DROP_TINY_FRAGMENT], 1);
	image->header.tiny_fragment_rule = 0;
	check_rows(shadow, 1);
	assert_int_equal(world.counters.shadow[REASON_DROP_TINY_FRAGMENT], 1);
}

static void repeat(int times, const struct row *row)
{
	for (int i = 0; i < times; i++)
		check_rows(row, 1);
}

static void verify(const char *address)
{
	const struct endpoint source = endpoint_of(address, 0);

	assert_true(verified__add(&source, world.counters.virtual_now, 100 * JUDGE_HZ));
}

static void test_limit(void **state)
{
	static const struct row below = {"8.8.8.8",         SERVER,    CLASS_SYN, 0,
					 REASON_PASS_BELOW, RULE_LIMIT};
	/* It may be forged, or not. */
	static const struct row above = {"8.8.8.8",           SERVER,    CLASS_SYN, 0,
					 REASON_TX_CHALLENGE, RULE_LIMIT};
	static const struct row verified_above = {"8.8.8.8",         SERVER,    CLASS_SYN, 0,
						  REASON_DROP_LIMIT, RULE_LIMIT};
	static const struct row others[] = {
		{"8.8.8.8", SERVER, CLASS_TCP_OTHER, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.9", SERVER, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_LIMIT},
		{"192.0.2.1", SERVER, CLASS_SYN, 0, REASON_PASS_MANAGEMENT, RULE_MANAGEMENT},
	};
	static const struct row shadow = {"8.8.8.8", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0};
	struct policy_image *image;

	(void)state;
	list_everything();
	world.builder.image->header.limit =
		policy_builder__limit(&world.builder, 20, 60, RULE_LIMIT, false);
	judge_world__put(&world, POLICY_CONFIRMED);
	image = (struct policy_image *)world.builder.chunks;
	repeat(61, &below);
	repeat(5, &above);
	check_rows(others, COUNT_OF(others));
	world.counters.virtual_now += JUDGE_HZ;
	repeat(20, &below);
	verify("8.8.8.8");
	repeat(5, &verified_above);
	image->header.limit.shadow = true;
	repeat(5, &shadow);
	assert_int_equal(world.counters.shadow[REASON_DROP_LIMIT], 5);
	world.counters.virtual_now += 200 * JUDGE_HZ;
	repeat(61 + 7, &shadow);
	assert_int_equal(world.counters.shadow[REASON_TX_CHALLENGE], 7);
	assert_int_equal(world.counters.rules[RULE_LIMIT].shadow, 5 + 7);
}

/* The victim's first rule is a shadow, the second one decides; another port has its own. */
static void protect_victims(void)
{
	struct policy_builder *builder = &world.builder;
	struct policy_protect web = {.above = 2000, .below = 500, .hold = 60, .rule = RULE_WEB};
	struct policy_protect shadow = {
		.above = 1000, .below = 100, .hold = 60, .rule = RULE_WEB_SHADOW, .shadow = true};
	struct policy_protect dns = {.above = 10, .below = 5, .hold = 60, .rule = RULE_DNS};

	web.limit = policy_builder__limit(builder, 20, 3, RULE_WEB, false);
	policy_builder__protect(builder, "198.18.0.0/15", 443, &shadow);
	policy_builder__protect(builder, "198.18.0.0/16", 443, &web);
	policy_builder__protect(builder, "198.18.0.0/24", 53, &dns);
}

/* From sources that differ, so that no limit stops them. Return: how many of them passed. */
static int flood(int syns)
{
	char source[32];
	int passed = 0, rule;

	for (int i = 0; i < syns; i++) {
		snprintf(source, sizeof(source), "100.64.%d.%d", i >> 8 & 255, i & 255);
		passed +=
			reason_verdict(judge_one(source, SERVER, CLASS_SYN, 0, &rule)) == XDP_PASS;
	}
	return passed;
}

static void test_attack(void **state)
{
	static const struct row calm[] = {
		{"8.8.8.8", SERVER, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_WEB},
		{"8.8.8.8", "198.18.0.1", 80, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_LIMIT},
		{"8.8.8.8", "198.18.0.1", 53, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_DNS},
		/* A shadow rule alone does not match. */
		{"8.8.8.8", "198.19.0.1", 443, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_LIMIT},
	};
	static const struct row attacked[] = {
		{"8.8.8.8", SERVER, CLASS_SYN, 0, REASON_DROP_ATTACK, RULE_WEB},
		{"8.8.8.8", SERVER, CLASS_TCP_OTHER, 0, REASON_PASS_DEFAULT, 0},
		{"8.8.8.8", SERVER, CLASS_SYN_ACK, 0, REASON_PASS_DEFAULT, 0},
		{"203.0.113.1", SERVER, CLASS_SYN, 0, REASON_PASS_ALLOW, RULE_ALLOW},
		{"10.0.0.1", SERVER, CLASS_SYN, 0, REASON_DROP_DENY, RULE_DENY},
		{"8.8.8.8", "198.18.0.2", 443, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_WEB},
		{"8.8.8.8", "198.18.0.1", 53, CLASS_SYN, 0, REASON_PASS_BELOW, RULE_DNS},
	};
	static const struct row below = {"9.9.9.9", SERVER, CLASS_SYN, 0, REASON_PASS_VERIFIED,
					 RULE_WEB};
	static const struct row above = {"9.9.9.9", SERVER, CLASS_SYN, 0, REASON_DROP_ATTACK_LIMIT,
					 RULE_WEB};
	int passed;

	(void)state;
	list_everything();
	protect_victims();
	world.builder.image->header.limit =
		policy_builder__limit(&world.builder, 20, 60, RULE_LIMIT, false);
	judge_world__put(&world, POLICY_CONFIRMED);
	check_rows(calm, COUNT_OF(calm));
	passed = flood(10000);
	assert_in_range(passed, 2000, 2000 + 2 * ATTACK_PENDING_MAX);
	/* The shadow rule began earlier. */
	assert_in_range(world.counters.shadow[REASON_DROP_ATTACK], 10000 - passed + 800,
			10000 - passed + 1200);
	check_rows(attacked, COUNT_OF(attacked));
	verify("9.9.9.9");
	repeat(4, &below);
	repeat(3, &above);
	world.counters.virtual_now += 61 * JUDGE_HZ;
	check_rows(calm, 1);
}

static void test_edges(void **state)
{
	static const struct row rows[] = {
		{"0.0.0.0", "255.255.255.255", 0, CLASS_IPV4_OTHER, 0, REASON_PASS_DEFAULT, 0},
		{"255.255.255.255", SERVER, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
		{"::", "ff02::1", 0, CLASS_IPV6_OTHER, 0, REASON_PASS_DEFAULT, 0},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SERVER_V6, CLASS_SYN, 0,
		 REASON_PASS_DEFAULT, 0},
		{"::ffff:10.0.0.1", SERVER_V6, CLASS_SYN, 0, REASON_PASS_DEFAULT, 0},
	};

	(void)state;
	list_everything();
	judge_world__put(&world, POLICY_CONFIRMED);
	check_rows(rows, COUNT_OF(rows));
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_lists), ROW(test_slots),  ROW(test_fragments),
		ROW(test_limit), ROW(test_attack), ROW(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
