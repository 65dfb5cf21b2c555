// SPDX-License-Identifier: GPL-2.0-only
// test_challenge: SipHash's published vectors; the numbers of challenges; who is verified by them,
// and for how long; that answers are limited and impossible ones are not tried.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "tests/judge_world.h"
#include "tests/questions.h"

#define START (1ull << 33) /* jiffies */
#define EPOCH (POLICY_EPOCH_S * JUDGE_HZ)

enum { RULE_WEB = 1, RULE_LIMIT, RULE_ALLOW };

static struct judge_world world;

/* Two bytes, as drivers place frames, and the frame. */
static __u8 memory[2 + QUESTION_MAX_BYTES] __attribute__((aligned(8)));

static int setup(void **state)
{
	(void)state;
	judge_world__init(&world, 4096, START);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	judge_world__free(&world);
	return 0;
}

static void put_policy(void)
{
	judge_world__put(&world, POLICY_CONFIRMED);
}

/* The victim of all questions, protected always, or once it gets more than @above SYNs/s. */
static void protect_by(enum policy_action action, __u32 above)
{
	const struct policy_protect web = {.above = above ?: 1000,
					   .below = above ? above / 4 : 100,
					   .hold = 10,
					   .trust = 600,
					   .rule = RULE_WEB,
					   .action = action,
					   .always = !above};

	policy_builder__protect(&world.builder, QUESTION_VICTIM_IPV4 "/32", QUESTION_PORT, &web);
	policy_builder__protect(&world.builder, QUESTION_VICTIM_IPV6 "/128", QUESTION_PORT, &web);
	put_policy();
}

static void protect(__u32 above)
{
	protect_by(POLICY_ACTION_CHALLENGE, above);
}

static __u8 *frame_memory(void)
{
	return memory + 2;
}

static enum policy_reason ask_bytes(__u32 bytes)
{
	struct frame frame = {.data = frame_memory(), .end = frame_memory() + bytes};
	struct request request = {};
	enum frame_class class;
	__u64 reasons = 0;
	int verdict;

	frame.context = &frame;
	class = classify_and_describe(&frame, DETAIL_ALL, &request);
	judge__present(0, class, &request);
	verdict = judge(&frame, 0);
	world.frames++;
	for (int i = 0; i < REASON_COUNT; i++)
		reasons += world.counters.reasons[i];
	assert_int_equal(reasons, world.frames);
	assert_int_equal(verdict, reason_verdict(world.counters.last.reason));
	return world.counters.last.reason;
}

/* What the policy decides; an answer is in the frame's memory then. */
static enum policy_reason ask(const struct question *question)
{
	return ask_bytes(question__bytes(question, frame_memory()));
}

static struct question syn_of(__u32 source)
{
	return (struct question){.source = source,
				 .source_port = 40000 + source % 1000,
				 .flags = QUESTION_SYN,
				 .sequence = source * 0x9e3779b1u,
				 .tcp_option_words = 5};
}

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

/* Key: 00 to 0f; messages: 00, 00 01, and so on (vectors_sip64 of the reference implementation). */
static void test_siphash(void **state)
{
	static const struct {
		__u8 bytes;
		__u64 hash;
	} vectors[] = {
		{0, 0x726fdb47dd0e0e31ull},  {1, 0x74f839c593dc67fdull},
		{7, 0xab0200f58b01d137ull},  {8, 0x93f5f5799a932462ull},
		{15, 0xa129ca6149be45e5ull}, {16, 0x3f2acc7f57c29bdbull},
		{39, 0x9abfd8766a33735cull}, {63, 0x958a324ceb064572ull},
	};
	const __u64 key[2] = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};
	__u64 words[8] = {};
	struct siphash hash;

	(void)state;
	for (int i = 0; i < 64; i++)
		words[i / 8] |= (__u64)i << i % 8 * 8;
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		int bytes = vectors[i].bytes, whole = bytes / 8;
		__u64 rest = words[whole] & ((1ull << bytes % 8 * 8) - 1);

		siphash__start(&hash, key);
		for (int word = 0; word < whole; word++)
			siphash__add(&hash, words[word]);
		assert_int_equal(siphash__end(&hash, rest, bytes), vectors[i].hash);
	}
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
	__u64 begin = START + EPOCH - START % EPOCH;
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

/* Where an answer would be lost, or go to many, SYNs pass unchanged. */
static void test_not_answerable(void **state)
{
	const struct question syn = syn_of(1);
	__u8 original[QUESTION_MAX_BYTES];
	__u32 bytes = question__bytes(&syn, original);

	(void)state;
	protect(0);
	world.counters.cannot_answer = true;
	assert_int_equal(ask(&syn), REASON_NOT_ANSWERABLE);
	assert_memory_equal(frame_memory(), original, bytes);
	world.counters.cannot_answer = false;
	/* Cut in the TCP header, behind the flags. */
	assert_int_equal(question__bytes(&syn, frame_memory()), bytes);
	assert_int_equal(ask_bytes(14 + 20 + 14), REASON_NOT_ANSWERABLE);
	assert_memory_equal(frame_memory(), original, bytes);
	/* From 224.0.0.1, 255.255.255.255 and 0.0.0.0; to a group of Ethernet. */
	for (int i = 0; i < 3; i++) {
		static const __u8 groups[][4] = {{224, 0, 0, 1}, {255, 255, 255, 255}, {}};

		question__bytes(&syn, frame_memory());
		memcpy(frame_memory() + 14 + 12, groups[i], 4);
		assert_int_equal(ask_bytes(bytes), REASON_NOT_ANSWERABLE);
	}
	question__bytes(&syn, frame_memory());
	frame_memory()[0] |= 1;
	assert_int_equal(ask_bytes(bytes), REASON_NOT_ANSWERABLE);
	peek = true;
	assert_int_equal(ask(&syn), REASON_TX_CHALLENGE);
	assert_memory_equal(frame_memory(), original, bytes);
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

/* A whole handshake, which the ACK ends: it is refused once, then the source is verified. */
static void test_reset(void **state)
{
	struct question syn = syn_of(1), ack, wrong;
	struct question_reply reply;

	(void)state;
	protect_by(POLICY_ACTION_RESET, 0);
	for (int i = 0; i < 2; i++) {
		syn.is_ipv6 = i;
		syn.tags = i;
		assert_int_equal(ask(&syn), REASON_TX_RESET);
		question__check(&syn, frame_memory(), &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
		assert_int_equal(reply.acknowledgement, syn.sequence + 1);
		ack = syn;
		ack.flags = QUESTION_ACK;
		ack.sequence++;
		ack.tcp_option_words = 0;
		ack.acknowledgement = reply.sequence + 1;
		wrong = ack;
		wrong.acknowledgement++;
		assert_int_equal(ask(&wrong), REASON_PASS_DEFAULT);
		wrong = ack;
		wrong.source++;
		assert_int_equal(ask(&wrong), REASON_PASS_DEFAULT);
		assert_int_equal(ask(&syn), REASON_TX_RESET);
		assert_int_equal(ask(&ack), REASON_TX_RESET);
		question__check(&ack, frame_memory(), &reply);
		assert_int_equal(reply.flags, QUESTION_RST);
		assert_int_equal(reply.sequence, ack.acknowledgement);
		assert_int_equal(reply.acknowledgement, 0);
		/* What follows is the server's. */
		assert_int_equal(ask(&ack), REASON_PASS_DEFAULT);
		assert_int_equal(ask(&syn), REASON_PASS_VERIFIED);
	}
	assert_int_equal(world.counters.rules[RULE_WEB].matched, 8);
}

/* A RST verifies nobody by action reset, and an ACK nobody by a challenge. */
static void test_reset_apart(void **state)
{
	struct question syn = syn_of(1), rst;
	struct question_reply reply;

	(void)state;
	protect_by(POLICY_ACTION_RESET, 0);
	assert_int_equal(ask(&syn), REASON_TX_RESET);
	question__check(&syn, frame_memory(), &reply);
	rst = syn;
	rst.flags = QUESTION_RST;
	rst.sequence = reply.sequence;
	assert_int_equal(ask(&rst), REASON_PASS_DEFAULT);
	world.slots[POLICY_CONFIRMED] = (struct host_array){};
	policy_builder__free(&world.builder);
	policy_builder__init(&world.builder, JUDGE_HZ);
	protect(0);
	rst.flags = QUESTION_ACK;
	rst.acknowledgement = reply.sequence + 1;
	assert_int_equal(ask(&rst), REASON_PASS_DEFAULT);
}

/* As in a capture, where each SYN has a listener; only a SYN that can be right gets a cookie. */
static void test_cookie(void **state)
{
	struct question syn = syn_of(1);
	struct question_reply reply;

	(void)state;
	protect_by(POLICY_ACTION_COOKIE, 0);
	for (int i = 0; i < 2 * 2 * 3 * 3; i++) {
		syn.is_ipv6 = i % 2;
		syn.checksum = i / 2 % 2 ? CHECKSUM_RIGHT : CHECKSUM_LEFT;
		syn.tcp_option_words = i / 4 % 3 * 5;
		syn.extensions = syn.is_ipv6 ? i / 12 : 0;
		syn.ip_option_words = syn.is_ipv6 ? 0 : i / 12 * 5;
		assert_int_equal(ask(&syn), REASON_TX_COOKIE);
		question__check(&syn, frame_memory(), &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
		assert_int_equal(reply.acknowledgement, syn.sequence + 1);
		syn.checksum = CHECKSUM_WRONG;
		assert_int_equal(ask(&syn), REASON_DROP_BAD_CHECKSUM);
		/* With data (Fast Open), or cut: the kernel's own handshake. */
		syn.checksum = CHECKSUM_RIGHT;
		syn.payload_bytes = 100;
		assert_int_equal(ask(&syn), REASON_COOKIE_REFUSED);
		syn.payload_bytes = 0;
		assert_int_equal(ask_bytes(question__bytes(&syn, frame_memory()) - 1),
				 REASON_COOKIE_REFUSED);
	}
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_siphash),        ROW(test_numbers), ROW(test_answer),
		ROW(test_verifies),       ROW(test_epochs),  ROW(test_other_rsts),
		ROW(test_armed),          ROW(test_shadow),  ROW(test_limit),
		ROW(test_answer_limit),   ROW(test_guesses), ROW(test_rsts_pass),
		ROW(test_not_answerable), ROW(test_reset),   ROW(test_reset_apart),
		ROW(test_cookie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
