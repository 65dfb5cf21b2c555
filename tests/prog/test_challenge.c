// SPDX-License-Identifier: GPL-2.0-only
// test_challenge: the loaded programs answer SYNs: every shape of one, compared byte by byte with
// what an answer has to be; the exchange that verifies a source; counters that add up.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/answering.h"
#include "common/dataplane/read.h"
#include "tests/armed.h"
#include "tests/questions.h"
#include "tests/unit_test.h"

enum { RULE_WEB = 1, RULE_LIMIT };

struct fixture {
	struct armed armed;
	__u8 frame[QUESTION_MAX_BYTES]; /* as the program has left it */
	__u64 frames;
};

static struct fixture fixture;

static int setup_with(struct dataplane_config config)
{
	fixture = (struct fixture){};
	armed__open(&fixture.armed, config);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_with((struct dataplane_config){});
}

static int setup_pairs(void **state)
{
	(void)state;
	return setup_with((struct dataplane_config){.pairs = true});
}

static int setup_raw_ip(void **state)
{
	(void)state;
	return setup_with((struct dataplane_config){.raw_ip = true});
}

static int teardown(void **state)
{
	(void)state;
	armed__close(&fixture.armed);
	return 0;
}

static void protect_always_by(enum policy_action action)
{
	const struct policy_protect web = {.above = 1000,
					   .below = 100,
					   .hold = 10,
					   .trust = 600,
					   .rule = RULE_WEB,
					   .action = action,
					   .always = true};

	armed__need(&fixture.armed);
	policy_builder__protect(&fixture.armed.builder, QUESTION_VICTIM_IPV4 "/32", 0, &web);
	policy_builder__protect(&fixture.armed.builder, QUESTION_VICTIM_IPV6 "/128", 0, &web);
	armed__put_policy(&fixture.armed);
}

static void protect_always(void)
{
	protect_always_by(POLICY_ACTION_CHALLENGE);
}

/* Return: the verdict; the frame's length must stay. */
static int ask_bytes(const __u8 *bytes, __u32 length)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = length,
		    .data_out = fixture.frame, .data_size_out = sizeof(fixture.frame), .repeat = 1);

	assert_int_equal(
		bpf_prog_test_run_opts(dataplane__program_fd(fixture.armed.dataplane), &opts), 0);
	assert_int_equal(opts.data_size_out, length);
	fixture.frames++;
	return opts.retval;
}

static int ask(const struct question *question)
{
	__u8 bytes[QUESTION_MAX_BYTES];
	__u32 length = question__bytes(question, bytes);
	int verdict = ask_bytes(bytes, length);

	if (verdict == XDP_PASS)
		assert_memory_equal(fixture.frame, bytes, length);
	return verdict;
}

/* Reasons = frames = classes = verdicts; matched of all rules = frames - pass_default. */
static void check_sums(const __u64 expected[REASON_COUNT])
{
	__u64 verdicts[VERDICT_COUNT] = {}, matched = 0, classes = 0;
	struct snapshot snapshot;
	struct errmsg why = {};

	if (dataplane__read(fixture.armed.dataplane, &snapshot, &why))
		fail_msg("%s", why.text);
	for (int i = 0; i < REASON_COUNT; i++) {
		if (snapshot.policy.reasons[i] != expected[i])
			fail_msg("%s: %llu, not %llu", reason_names[i], snapshot.policy.reasons[i],
				 expected[i]);
		verdicts[reason_verdicts[i]] += expected[i];
	}
	for (int i = 0; i < POLICY_RULES; i++)
		matched += snapshot.policy.rules[i].matched;
	for (int i = 0; i < CLASS_COUNT; i++)
		classes += snapshot.classes[i];
	assert_int_equal(classes, fixture.frames);
	assert_memory_equal(snapshot.verdicts, verdicts, sizeof(verdicts));
	assert_int_equal(matched, fixture.frames - expected[REASON_PASS_DEFAULT]);
	snapshot__free(&snapshot);
}

static struct question syn_of(__u32 source)
{
	return (struct question){.source = source,
				 .source_port = 1024 + source % 60000,
				 .flags = QUESTION_SYN,
				 .sequence = source * 0x9e3779b1u,
				 .tcp_option_words = 5};
}

static struct question_reply challenged(const struct question *syn)
{
	struct question_reply reply;

	assert_int_equal(ask(syn), XDP_TX);
	question__check(syn, fixture.frame, &reply);
	assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
	assert_int_equal(reply.window, 0);
	assert_in_range((__u32)(syn->sequence - reply.acknowledgement), 0, 0xffff);
	return reply;
}

/* The source's own reaction, then its SYN again. */
static void check_exchange(const struct question *syn)
{
	struct question rst = *syn;

	rst.sequence = challenged(syn).acknowledgement;
	rst.flags = QUESTION_RST;
	rst.tcp_option_words = 0;
	rst.payload_bytes = 0;
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(syn), XDP_PASS);
}

/* Tags, families, IPv4 options or extension headers, TCP options, data (Fast Open). */
static void test_shapes(void **state)
{
	enum { TAGS = 5, HEADERS = 3, OPTIONS = 3, DATA = 2 };
	__u64 count = 0;

	(void)state;
	protect_always();
	for (int i = 0; i < 2 * TAGS * HEADERS * OPTIONS * DATA; i++) {
		int rest = i / 2;
		struct question syn = syn_of(i + 1);

		syn.is_ipv6 = i % 2;
		syn.tags = rest % TAGS;
		rest /= TAGS;
		syn.ip_option_words = syn.is_ipv6 ? 0 : rest % HEADERS * 5;
		syn.extensions = syn.is_ipv6 ? rest % HEADERS : 0;
		rest /= HEADERS;
		syn.tcp_option_words = rest % OPTIONS * 5;
		syn.payload_bytes = rest / OPTIONS * 101;
		check_exchange(&syn);
		count++;
	}
	check_sums((const __u64[REASON_COUNT]){[REASON_TX_CHALLENGE] = count,
					       [REASON_VERIFIED_NOW] = count,
					       [REASON_PASS_VERIFIED] = count});
}

/* A verified source stays so for all its ports; another one does not profit, nor does one that
 * shows a RST of before; RSTs pass in any case. */
static void test_sources(void **state)
{
	struct question syn = syn_of(1), rst;

	(void)state;
	protect_always();
	check_exchange(&syn);
	syn.source_port++;
	assert_int_equal(ask(&syn), XDP_PASS);
	syn.source++;
	rst = syn;
	rst.sequence = challenged(&syn).acknowledgement + 1;
	rst.flags = QUESTION_RST;
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(&syn), XDP_TX);
	rst.flags = QUESTION_RST | QUESTION_ACK;
	rst.sequence--;
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(&syn), XDP_TX);
	rst.flags = QUESTION_RST;
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(&syn), XDP_PASS);
	check_sums((const __u64[REASON_COUNT]){[REASON_TX_CHALLENGE] = 4,
					       [REASON_VERIFIED_NOW] = 3,
					       [REASON_PASS_VERIFIED] = 3,
					       [REASON_PASS_DEFAULT] = 2});
}

/* Segments of established connections are left alone. */
static void test_connections(void **state)
{
	static const __u8 flags[] = {0x10, 0x18, 0x11, 0x12, 0x14, 0x00};
	struct question segment = syn_of(5);

	(void)state;
	protect_always();
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		segment.flags = flags[i];
		assert_int_equal(ask(&segment), XDP_PASS);
	}
	check_sums((const __u64[REASON_COUNT]){[REASON_PASS_DEFAULT] = COUNT_OF(flags)});
}

static void test_limit(void **state)
{
	const struct question syn = syn_of(1);
	struct question rst = syn;

	(void)state;
	armed__need(&fixture.armed);
	fixture.armed.builder.image->header.limit =
		policy_builder__limit(&fixture.armed.builder, 1, 3, RULE_LIMIT, false);
	fixture.armed.builder.image->header.limit.period *= 60; /* slower than any machine */
	fixture.armed.builder.image->header.limit.tolerance *= 60;
	fixture.armed.builder.image->header.trust = 250 * 600;
	armed__put_policy(&fixture.armed);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(&syn), XDP_PASS);
	rst.sequence = challenged(&syn).acknowledgement;
	rst.flags = QUESTION_RST;
	assert_int_equal(ask(&rst), XDP_PASS);
	assert_int_equal(ask(&syn), XDP_DROP);
	check_sums((const __u64[REASON_COUNT]){[REASON_PASS_BELOW] = 4,
					       [REASON_TX_CHALLENGE] = 1,
					       [REASON_VERIFIED_NOW] = 1,
					       [REASON_DROP_LIMIT] = 1});
}

/* A handshake that is refused at its end, after which the source is verified. */
static void test_reset(void **state)
{
	struct question_reply reply;
	struct question syn, ack;
	__u64 count = 0;

	(void)state;
	protect_always_by(POLICY_ACTION_RESET);
	for (int i = 0; i < 2 * 5; i++) {
		syn = syn_of(i + 1);
		syn.is_ipv6 = i % 2;
		syn.tags = i / 2;
		syn.extensions = syn.is_ipv6 ? i / 2 % 3 : 0;
		assert_int_equal(ask(&syn), XDP_TX);
		question__check(&syn, fixture.frame, &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
		assert_int_equal(reply.acknowledgement, syn.sequence + 1);
		ack = syn;
		ack.flags = QUESTION_ACK;
		ack.sequence++;
		ack.acknowledgement = reply.sequence + 1;
		assert_int_equal(ask(&ack), XDP_TX);
		question__check(&ack, fixture.frame, &reply);
		assert_int_equal(reply.flags, QUESTION_RST);
		assert_int_equal(reply.sequence, ack.acknowledgement);
		assert_int_equal(ask(&ack), XDP_PASS);
		assert_int_equal(ask(&syn), XDP_PASS);
		count++;
	}
	check_sums((const __u64[REASON_COUNT]){[REASON_TX_RESET] = 2 * count,
					       [REASON_PASS_DEFAULT] = count,
					       [REASON_PASS_VERIFIED] = count});
}

static void write_setting(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(value, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Return: a socket that listens on all addresses. */
static int open_listener(void)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6,
					 .sin6_port = htons(QUESTION_PORT)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	assert_in_range(fd, 0, 1000);
	assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void enter_new_netns(void)
{
	if (!unshare(CLONE_NEWNET))
		return;
	print_message("# skipped: no network namespace: %s\n", strerror(errno));
	skip();
}

/* SYNs pass that no socket waits for, or whose socket refuses a cookie. */
static void test_cookie(void **state)
{
	struct question syn = syn_of(1);
	struct question_reply reply;
	__u64 count = 0;
	int fd;

	(void)state;
	protect_always_by(POLICY_ACTION_COOKIE);
	enter_new_netns();
	syn.checksum = CHECKSUM_RIGHT;
	assert_int_equal(ask(&syn), XDP_PASS);
	fd = open_listener();
	write_setting("/proc/sys/net/ipv4/tcp_syncookies", "1");
	assert_int_equal(ask(&syn), XDP_PASS);
	write_setting("/proc/sys/net/ipv4/tcp_syncookies", "2");
	for (int i = 0; i < 2 * 2 * 5; i++) {
		syn = syn_of(i + 1);
		syn.is_ipv6 = i % 2;
		syn.checksum = i / 2 % 2 ? CHECKSUM_RIGHT : CHECKSUM_LEFT;
		syn.tags = i / 4;
		syn.extensions = syn.is_ipv6 ? i / 4 % 3 : 0;
		assert_int_equal(ask(&syn), XDP_TX);
		question__check(&syn, fixture.frame, &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK);
		assert_int_equal(reply.acknowledgement, syn.sequence + 1);
		assert_in_range(reply.window, 1, 0xffff);
		syn.checksum = CHECKSUM_WRONG;
		assert_int_equal(ask(&syn), XDP_DROP);
		count++;
	}
	close(fd);
	check_sums((const __u64[REASON_COUNT]){[REASON_COOKIE_REFUSED] = 2,
					       [REASON_TX_COOKIE] = count,
					       [REASON_DROP_BAD_CHECKSUM] = count});
}

/* As of a Linux client: MSS, SACK permitted, timestamps, NOP, window scale. */
static const __u8 syn_options[] = {2,    4,    5, 0xb4, 4, 2, 8, 10, 0xa1, 0xb2,
				   0xc3, 0xd4, 0, 0,    0, 0, 1, 3,  3,    9};

/* Return: the milliseconds of the kernel's clock of timestamps. */
static __u32 tcp_clock_ms(void)
{
	return clock__now_ns() / 1000000;
}

/* The kernel finds SACK, the client's scale of 9 and ECN in a timestamp that is not ahead of its
 * clock, and at most 64 ms behind it. */
static void check_cookie_options(const struct question_reply *reply, __u32 before_ms)
{
	static const __u8 expected[] = {2, 4, 0x23, 0x00, 4,    2,    8, 10, 0, 0,
					0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 1, 3,  3, 11};
	__u32 timestamp = (__u32)reply->options[8] << 24 | reply->options[9] << 16 |
			  reply->options[10] << 8 | reply->options[11];

	assert_int_equal(reply->option_words, 5);
	assert_memory_equal(reply->options, expected, 8);
	assert_memory_equal(reply->options + 12, expected + 12, 8);
	assert_int_equal(timestamp & 63, 0x39);
	assert_in_range(timestamp, before_ms - 64, tcp_clock_ms());
}

/* Timestamps of 2, and an MTU of 9000: 8960 is 0x2300. */
static void test_cookie_options(void **state)
{
	const struct cookie_settings settings = {
		.mtu = 9000,
		.options = COOKIE_TIMESTAMPS | COOKIE_SACK | COOKIE_WINDOW_SCALE | COOKIE_ECN,
		.window_scale = 11,
	};
	struct question syn = syn_of(1);
	struct question_reply reply;
	struct errmsg why = {};
	__u32 before_ms;
	int fd;

	(void)state;
	protect_always_by(POLICY_ACTION_COOKIE);
	enter_new_netns();
	if (dataplane__set_answering(fixture.armed.dataplane, false, &settings, &why))
		fail_msg("%s", why.text);
	fd = open_listener();
	write_setting("/proc/sys/net/ipv4/tcp_syncookies", "2");
	syn.checksum = CHECKSUM_RIGHT;
	syn.flags |= QUESTION_ECE | QUESTION_CWR;
	syn.tcp_options = syn_options;
	for (int i = 0; i < 100; i++) {
		before_ms = tcp_clock_ms();
		assert_int_equal(ask(&syn), XDP_TX);
		question__check(&syn, fixture.frame, &reply);
		assert_int_equal(reply.flags, QUESTION_SYN | QUESTION_ACK | QUESTION_ECE);
		check_cookie_options(&reply, before_ms);
		usleep(700);
	}
	close(fd);
}

/* Without Ethernet headers, there is no way to send an answer. */
static void test_raw_ip(void **state)
{
	const struct question syn = syn_of(1);
	__u8 bytes[QUESTION_MAX_BYTES];
	__u32 length = question__bytes(&syn, bytes);

	(void)state;
	protect_always();
	assert_int_equal(ask_bytes(bytes + 14, length - 14), XDP_PASS);
	assert_memory_equal(fixture.frame, bytes + 14, length - 14);
	check_sums((const __u64[REASON_COUNT]){[REASON_NOT_ANSWERABLE] = 1});
}

#define ROW(test, setup) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_shapes, setup),
		{"test_shapes_pairs", test_shapes, setup_pairs, teardown, NULL},
		ROW(test_sources, setup),
		ROW(test_connections, setup),
		ROW(test_limit, setup),
		ROW(test_reset, setup),
		{"test_reset_pairs", test_reset, setup_pairs, teardown, NULL},
		ROW(test_cookie, setup),
		ROW(test_cookie_options, setup),
		ROW(test_raw_ip, setup_raw_ip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
