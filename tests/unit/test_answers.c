// SPDX-License-Identifier: GPL-2.0-only
// test_answers: what the actions reset and cookie answer, byte by byte; that impossible answers are
// not tried.
#include <string.h>

#include "tests/answer_world.h"

#define ALL_OPTIONS (COOKIE_TIMESTAMPS | COOKIE_SACK | COOKIE_WINDOW_SCALE | COOKIE_ECN)
#define MSS_1460 2, 4, 5, 0xb4

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

/* Options of SYNs, the settings, and the answer's options: MSS 1460, and SACK, timestamps and
 * window scale where asked for. Zeros at timestamps: compared apart. */
static const struct {
	const char *what;
	__u8 settings; /* COOKIE_... */
	__u8 words, answer_words;
	__u8 flags; /* of the answer, besides SYN and ACK */
	__u8 bits;  /* of the timestamp */
	__u8 syn[QUESTION_MAX_OPTIONS];
	__u8 answer[QUESTION_MAX_OPTIONS];
} option_rows[] = {
	{"Linux",
	 ALL_OPTIONS,
	 5,
	 5,
	 QUESTION_ECE,
	 0x30 | 9,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460, 4, 2, 8, 10, 0, 0, 0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 1, 3, 3, 7}},
	{"without ECN here",
	 ALL_OPTIONS & ~COOKIE_ECN,
	 5,
	 5,
	 0,
	 0x10 | 9,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460, 4, 2, 8, 10, 0, 0, 0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 1, 3, 3, 7}},
	{"without SACK here",
	 ALL_OPTIONS & ~COOKIE_SACK,
	 5,
	 5,
	 QUESTION_ECE,
	 0x20 | 9,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460, 1, 1, 8, 10, 0, 0, 0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 1, 3, 3, 7}},
	{"without window scaling here",
	 ALL_OPTIONS & ~COOKIE_WINDOW_SCALE,
	 5,
	 4,
	 QUESTION_ECE,
	 0x30 | 15,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460, 4, 2, 8, 10, 0, 0, 0, 0, 0xa1, 0xb2, 0xc3, 0xd4}},
	{"MSS alone here",
	 0,
	 5,
	 1,
	 0,
	 0,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460}},
	{"Windows: MSS, NOP, scale, SACK, timestamps",
	 ALL_OPTIONS,
	 5,
	 5,
	 QUESTION_ECE,
	 0x30 | 8,
	 {2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0},
	 {MSS_1460, 4, 2, 8, 10, 0, 0, 0, 0, 1, 2, 3, 4, 1, 3, 3, 7}},
	{"without timestamps",
	 ALL_OPTIONS,
	 3,
	 1,
	 0,
	 0,
	 {2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2},
	 {MSS_1460}},
	{"timestamps alone",
	 ALL_OPTIONS,
	 4,
	 4,
	 QUESTION_ECE,
	 0x20 | 15,
	 {2, 4, 5, 0xb4, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0},
	 {MSS_1460, 1, 1, 8, 10, 0, 0, 0, 0, 1, 2, 3, 4}},
	{"no room for the MSS beside them",
	 ALL_OPTIONS,
	 3,
	 1,
	 0,
	 0,
	 {1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0},
	 {MSS_1460}},
	{"a scale of 14 at most",
	 ALL_OPTIONS,
	 5,
	 5,
	 QUESTION_ECE,
	 0x30 | 14,
	 {2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 15},
	 {MSS_1460, 4, 2, 8, 10, 0, 0, 0, 0, 1, 2, 3, 4, 1, 3, 3, 7}},
	{"the last bytes of the longest header",
	 ALL_OPTIONS,
	 10,
	 5,
	 QUESTION_ECE,
	 0x20 | 6,
	 {[0] = 1,  [1] = 1,  [2] = 1,  [3] = 1,  [4] = 1,   [5] = 1,  [6] = 1,  [7] = 1,
	  [8] = 1,  [9] = 1,  [10] = 1, [11] = 1, [12] = 1,  [13] = 1, [14] = 1, [15] = 1,
	  [16] = 1, [17] = 1, [18] = 1, [19] = 1, [20] = 1,  [21] = 1, [22] = 1, [23] = 1,
	  [24] = 1, [25] = 1, [26] = 1, [27] = 8, [28] = 10, [29] = 1, [30] = 2, [31] = 3,
	  [32] = 4, [33] = 0, [34] = 0, [35] = 0, [36] = 0,  [37] = 3, [38] = 3, [39] = 6},
	 {MSS_1460, 1, 1, 8, 10, 0, 0, 0, 0, 1, 2, 3, 4, 1, 3, 3, 7}},
	{"behind the end",
	 ALL_OPTIONS,
	 5,
	 1,
	 0,
	 0,
	 {2, 4, 5, 0xb4, 0, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460}},
	{"of length 0",
	 ALL_OPTIONS,
	 5,
	 1,
	 0,
	 0,
	 {2, 0, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 9},
	 {MSS_1460}},
	{"longer than the header",
	 ALL_OPTIONS,
	 10,
	 1,
	 0,
	 0,
	 {[0] = 254, [1] = 38, [38] = 8, [39] = 10},
	 {MSS_1460}},
	{"timestamps of another length",
	 ALL_OPTIONS,
	 5,
	 1,
	 0,
	 0,
	 {2, 4, 5, 0xb4, 4, 2, 8, 9, 1, 2, 3, 4, 0, 0, 0, 1, 1, 3, 3, 9},
	 {MSS_1460}},
};

static struct question syn_with(__u8 words, const __u8 *options)
{
	struct question syn = syn_of(1);

	syn.checksum = CHECKSUM_RIGHT;
	syn.flags |= QUESTION_ECE | QUESTION_CWR;
	syn.tcp_option_words = words;
	syn.tcp_options = options;
	return syn;
}

static void check_options(size_t row, __u64 now_ms)
{
	struct question syn = syn_with(option_rows[row].words, option_rows[row].syn);
	__u8 expected[QUESTION_MAX_OPTIONS];
	__u32 bytes = 4 * option_rows[row].answer_words, timestamp;
	struct question_reply reply;

	world.counters.virtual_now = now_ms;
	world.counters.cookie.options = option_rows[row].settings;
	assert_int_equal(ask(&syn), REASON_TX_COOKIE);
	question__check(&syn, frame_memory(), &reply);
	assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK | option_rows[row].flags);
	memcpy(expected, option_rows[row].answer, sizeof(expected));
	if (bytes >= 16) {
		timestamp = (now_ms & ~63ull) | option_rows[row].bits;
		timestamp -= timestamp > (__u32)now_ms ? 64 : 0;
		for (int i = 0; i < 4; i++)
			expected[8 + i] = timestamp >> (24 - 8 * i);
	}
	if (reply.option_words != option_rows[row].answer_words ||
	    memcmp(reply.options, expected, bytes))
		fail_msg("%s: other options at %llu ms", option_rows[row].what, now_ms);
}

static void test_cookie_options(void **state)
{
	(void)state;
	protect_by(POLICY_ACTION_COOKIE, 0);
	world.counters.cookie.window_scale = 7;
	for (size_t row = 0; row < COUNT_OF(option_rows); row++)
		for (__u64 ms = 0; ms < 2 * 64; ms++)
			check_options(row, ANSWER_WORLD_START + 0x12345600 + ms);
}

/* Of the interface's MTU. */
static void test_cookie_mss(void **state)
{
	static const struct {
		__u16 mtu, ipv4, ipv6;
	} rows[] = {{0, 1460, 1440},    {1500, 1460, 1440}, {1492, 1452, 1432},
		    {9000, 8960, 8940}, {576, 536, 516},    {65535, 65495, 65475}};
	struct question_reply reply;
	struct question syn = syn_of(1);

	(void)state;
	protect_by(POLICY_ACTION_COOKIE, 0);
	syn.checksum = CHECKSUM_RIGHT;
	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		__u16 mss = i % 2 ? rows[i / 2].ipv6 : rows[i / 2].ipv4;
		const __u8 expected[] = {2, 4, mss >> 8, mss};

		syn.is_ipv6 = i % 2;
		world.counters.cookie.mtu = rows[i / 2].mtu;
		assert_int_equal(ask(&syn), REASON_TX_COOKIE);
		question__check(&syn, frame_memory(), &reply);
		assert_int_equal(reply.option_words, 1);
		assert_memory_equal(reply.options, expected, sizeof(expected));
	}
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, answer_world__setup, answer_world__teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_not_answerable), ROW(test_reset),          ROW(test_reset_apart),
		ROW(test_cookie),         ROW(test_cookie_options), ROW(test_cookie_mss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
