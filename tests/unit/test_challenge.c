// SPDX-License-Identifier: GPL-2.0-only
// test_challenge: the numbers of challenges; which sources they verify, and for how long; when SYNs
// are challenged.
#include "tests/answer_world.h"

#define EPOCH (POLICY_EPOCH_S * JUDGE_HZ)

enum { RULE_LIMIT = RULE_WEB + 1 };

/* The RST by which a host reacts to the answer that its SYN just got. */
static struct question rst_of(const struct question *syn)
{
	struct question rst = *syn;
	struct question_reply reply;

	question__check(syn, frame_memory(), &reply);
	rst.flags = QUESTION_RST;
	rst.sequence = reply.acknowledgement;
	rst.tcp_option_words = 0;
	return rst;
}

static struct question challenged(__u32 source)
{
	const struct question syn = syn_of(source);

	assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
	return rst_of(&syn);
}

/* The greatest number with the cookie in its low half that is not above the SYN's, modulo 2^32. */
static void test_numbers(void **state)
{
	static const __u32 sequences[] = {0,       1,          0xffff,     0x10000,    0x12345678,
					  0x10001, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
	static const __u16 cookies[] = {0, 1, 0x5677, 0x5678, 0x5679, 0xfffe, 0xffff};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sequences); i++)
		for (size_t j = 0; j < COUNT_OF(cookies); j++) {
			__u32 number = challenge__number(sequences[i], cookies[j]);

			assert_int_equal((__u16)number, cookies[j]);
			assert_in_range((__u32)(sequences[i] - number), 0, 0xffff);
		}
	assert_int_equal(challenge__number(0x00000005, 0x0006), 0xffff0006);
	assert_int_equal(challenge__number(0x12345678, 0x5678), 0x12345678);
	assert_int_equal(challenge__number(0x12345678, 0x5679), 0x12335679);
}

static void test_answer(void **state)
{
	struct question syn = syn_of(1);
	struct question_reply reply;

	(void)state;
	protect(0);
	for (int i = 0; i < 2 * 5 * 3 * 3; i++) {
		syn.is_ipv6 = i % 2;
		syn.tags = i / 2 % 5;
		syn.tcp_option_words = i / 10 % 3 * 5;
		syn.extensions = syn.is_ipv6 ? i / 30 : 0;
		syn.ip_option_words = syn.is_ipv6 ? 0 : i / 30 * 5;
		assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
		question__check(&syn, frame_memory(), &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
		assert_int_equal(reply.window, 0);
		assert_in_range((__u32)(syn.sequence - reply.acknowledgement), 0, 0xffff);
		/* MSS, where there is room for it. */
		assert_int_equal(reply.option_words,
				 syn.tcp_option_words || syn.extensions || syn.ip_option_words);
	}
}

/* Both ways of the exchange, and what follows. */
static void test_verifies(void **state)
{
	struct question syn, rst;

	(void)state;
	protect(0);
	for (int i = 0; i < 2; i++) {
		syn = syn_of(7);
		syn.is_ipv6 = i;
		syn.tags = 2 * i;
		assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
		rst = rst_of(&syn);
		assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
		assert_int_equal(ask(&syn), REASON_PASS_VERIFIED);
		syn.source_port++;
		assert_int_equal(ask(&syn), REASON_PASS_VERIFIED);
		syn.source++;
		assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
	}
}

/* A cookie is good in its epoch and in the next one. */
static void test_epochs(void **state)
{
	__u64 begin = ANSWER_WORLD_START + EPOCH - ANSWER_WORLD_START % EPOCH;
	struct question rst;

	(void)state;
	protect(0);
	/* The length of an epoch is rounded: keep away from its ends. */
	world.counters.virtual_now = begin + EPOCH / 2;
	while (policy_epoch(&world.builder.image->header, world.counters.virtual_now) ==
	       policy_epoch(&world.builder.image->header, world.counters.virtual_now - 1))
		world.counters.virtual_now++;
	begin = world.counters.virtual_now;
	rst = challenged(1);
	world.counters.virtual_now = begin + 2 * EPOCH - 2;
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
	world.counters.virtual_now = begin + 2 * EPOCH + 2;
	assert_int_equal(ask(&rst), REASON_PASS_DEFAULT);
	rst = challenged(2);
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
}

/* In the wrong place nothing matches: other ports, sources, victims; a RST with ACK. */
static void test_other_rsts(void **state)
{
	struct question rst, other;

	(void)state;
	protect(0);
	rst = challenged(1);
	other = rst;
	other.source_port++;
	assert_int_equal(ask(&other), REASON_PASS_DEFAULT);
	other = rst;
	other.source++;
	assert_int_equal(ask(&other), REASON_PASS_DEFAULT);
	other = rst;
	other.sequence++;
	assert_int_equal(ask(&other), REASON_PASS_DEFAULT);
	other = rst;
	other.flags |= QUESTION_ACK;
	assert_int_equal(ask(&other), REASON_PASS_DEFAULT);
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
	/* Replayed, it verifies nobody else, and the attack's count stays. */
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
}

static const struct attack *attack_entry(void)
{
	const struct attack_set *sets = attacks.array.values;

	for (int i = 0; i < 64 * ATTACK_WAYS; i++)
		if (sets[i / ATTACK_WAYS].ways[i % ATTACK_WAYS].id)
			return &sets[i / ATTACK_WAYS].ways[i % ATTACK_WAYS];
	fail_msg("no attack");
	return NULL;
}

/* Only under attack; RSTs that come up to two epochs after it still verify. */
static void test_armed(void **state)
{
	struct question syn = syn_of(0), rst, late;
	int passed = 0, answered = 0;

	(void)state;
	protect(100);
	for (syn.source = 10; syn.source < 1010; syn.source++) {
		enum policy_reason reason = ask(&syn);

		passed += reason == REASON_PASS_BELOW;
		answered += reason == REASON_TX_CHALLENGE;
	}
	assert_int_equal(passed + answered, 1000);
	assert_in_range(passed, 100, 100 + 2 * ATTACK_PENDING_MAX);
	rst = challenged(1);
	late = challenged(2);
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
	assert_int_equal(attack_entry()->verified, 1);
	world.counters.virtual_now += 11 * JUDGE_HZ;
	syn.source = 1;
	assert_int_equal(ask(&syn), REASON_PASS_BELOW);
	syn.source = 3;
	assert_int_equal(ask(&syn), REASON_PASS_BELOW);
	assert_int_equal(ask(&late), REASON_VERIFIED_NOW);
	assert_int_equal(attack_entry()->challenged, answered + 2);
	assert_int_equal(attack_entry()->stopped, answered + 2);
	world.counters.virtual_now += 33 * JUDGE_HZ;
	assert_int_equal(ask(&late), REASON_PASS_DEFAULT);
}

/* A shadow rule answers nothing, and says what it would have done. */
static void test_shadow(void **state)
{
	const struct question syn = syn_of(1);
	struct question_reply reply;
	struct policy_image *image;

	(void)state;
	protect(0);
	image = (struct policy_image *)world.builder.chunks;
	assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
	question__check(&syn, frame_memory(), &reply);
	image->protects[RULE_WEB].shadow = true;
	assert_int_equal(ask(&syn), REASON_PASS_DEFAULT);
	assert_int_equal(world.counters.shadow[REASON_TX_CHALLENGE], 1);
	assert_int_equal(world.counters.rules[RULE_WEB].shadow, 1);
}

/* Above the policy's limit: a source that is not verified may be forged, one that is may not. */
static void test_limit(void **state)
{
	const struct question syn = syn_of(1);
	struct question rst;

	(void)state;
	world.builder.image->header.limit =
		policy_builder__limit(&world.builder, 20, 3, RULE_LIMIT, false);
	world.builder.image->header.trust = 600 * JUDGE_HZ;
	put_policy();
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(&syn), REASON_PASS_BELOW);
	assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
	rst = rst_of(&syn);
	assert_int_equal(ask(&rst), REASON_VERIFIED_NOW);
	assert_int_equal(ask(&syn), REASON_DROP_LIMIT);
	assert_int_equal(world.counters.rules[RULE_LIMIT].matched, 7);
}

/* By CPU and second. */
static void test_answer_limit(void **state)
{
	struct question syn = syn_of(0);

	(void)state;
	world.builder.image->header.answer_period = ((__u64)JUDGE_HZ << POLICY_TICK_BITS) / 100;
	protect(0);
	for (syn.source = 1; syn.source <= 150; syn.source++)
		assert_int_equal(ask(&syn), syn.source <= 100 ? REASON_TX_CHALLENGE
							      : REASON_DROP_ANSWER_LIMIT);
	world.counters.virtual_now += JUDGE_HZ / 10;
	for (; syn.source <= 170; syn.source++)
		assert_int_equal(ask(&syn), syn.source <= 160 ? REASON_TX_CHALLENGE
							      : REASON_DROP_ANSWER_LIMIT);
}

/* Without the key, a guess succeeds once in 32,768 times: two cookies of 16 bits are good. */
static void test_guesses(void **state)
{
	enum { GUESSES = 1000000 };
	struct question rst = syn_of(0);
	__u32 random = 1;
	int won = 0;

	(void)state;
	protect(0);
	rst.flags = QUESTION_RST;
	rst.tcp_option_words = 0;
	for (int i = 0; i < GUESSES; i++) {
		random = random * 1664525 + 1013904223;
		rst.source = i % 4000;
		rst.sequence = random >> 8;
		won += ask(&rst) == REASON_VERIFIED_NOW;
	}
	/* 30.5 are expected; six standard deviations around it. */
	assert_in_range(won, 1, 64);
	assert_int_equal(world.counters.reasons[REASON_PASS_DEFAULT], GUESSES - won);
}

/* RSTs of real connections pass, whatever they look like. */
static void test_rsts_pass(void **state)
{
	struct question rst = syn_of(1);

	(void)state;
	protect(0);
	rst.tcp_option_words = 0;
	for (int i = 0; i < 2000; i++) {
		rst.flags = i % 2 ? QUESTION_RST : QUESTION_RST | QUESTION_ACK;
		rst.sequence = i * 0x01234567u;
		assert_int_equal(reason_verdict(ask(&rst)), XDP_PASS);
	}
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, answer_world__setup, answer_world__teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_numbers),      ROW(test_answer),  ROW(test_verifies),  ROW(test_epochs),
		ROW(test_other_rsts),   ROW(test_armed),   ROW(test_shadow),    ROW(test_limit),
		ROW(test_answer_limit), ROW(test_guesses), ROW(test_rsts_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
