// SPDX-License-Identifier: GPL-2.0-only
// test_armed: the loaded programs that decide by a policy: every case of a frame under a policy
// that is empty, that denies everything, and that looks at ports; counters that add up.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/address/endpoint.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/read.h"
#include "common/dataplane/verdict_counters.h"
#include "tests/armed.h"
#include "tests/cases.h"
#include "tests/unit_test.h"

#define BUFFER_BYTES 3408 /* BPF_PROG_TEST_RUN keeps at least this in one buffer */

enum { RULE_MANAGEMENT = 1, RULE_DENY, RULE_FRAGMENTS, RULE_LIMIT };

struct fixture {
	struct armed armed;
	struct verdict_counters *verdicts; /* by CPU, mapped; NULL: the program was not loaded */
	__u32 cpus;
};

static struct fixture fixture;

static int setup_with(struct dataplane_config config)
{
	struct errmsg why = {};

	fixture = (struct fixture){};
	armed__open(&fixture.armed, config);
	if (fixture.armed.reason[0])
		return 0;
	fixture.cpus = dataplane__layout(fixture.armed.dataplane)->cpus;
	return verdict_counters__map(fixture.armed.dataplane, PROT_READ, &fixture.verdicts, &why);
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
	verdict_counters__unmap(fixture.armed.dataplane, fixture.verdicts);
	armed__close(&fixture.armed);
	return 0;
}

static __u64 reason_count(enum policy_reason reason)
{
	__u64 sum = 0;

	for (__u32 cpu = 0; cpu < fixture.cpus; cpu++)
		sum += fixture.verdicts[cpu].reasons[reason];
	return sum;
}

static __u64 matched(__u8 rule)
{
	__u64 sum = 0;

	for (__u32 cpu = 0; cpu < fixture.cpus; cpu++)
		sum += fixture.verdicts[cpu].rules[rule].matched;
	return sum;
}

/* Reasons = frames = classes = verdicts; matched of all rules = frames - pass_default. */
static struct snapshot read_consistent(void)
{
	__u64 frames = 0, reasons = 0, rules = 0, attributed = 0;
	struct snapshot snapshot;
	struct errmsg why = {};

	if (dataplane__read(fixture.armed.dataplane, &snapshot, &why))
		fail_msg("%s", why.text);
	for (int i = 0; i < CLASS_COUNT; i++)
		frames += snapshot.classes[i];
	for (int i = 0; i < REASON_COUNT; i++)
		reasons += reason_count(i);
	for (int i = 0; i < POLICY_RULES; i++)
		rules += matched(i);
	for (size_t i = 0; i < snapshot.tallies[TABLE_SOURCES].count; i++)
		attributed += snapshot.tallies[TABLE_SOURCES].rows[i].at_least;
	assert_int_equal(frames, snapshot.packets);
	assert_int_equal(frames, reasons);
	assert_int_equal(frames, snapshot.verdicts[XDP_PASS] + snapshot.verdicts[XDP_DROP] +
					 snapshot.verdicts[XDP_TX]);
	assert_int_equal(rules, frames - reason_count(REASON_PASS_DEFAULT));
	assert_int_equal(snapshot.syns, attributed + snapshot.unattributed);
	return snapshot;
}

/* Return: the bytes of a case, or 0 if this kernel does not run it. */
static __u32 case_bytes(const struct frame_case *row, bool raw, __u8 *bytes)
{
	__u32 length =
		raw ? frame_case__without_ethernet(row, bytes) : frame_case__bytes(row, bytes);

	if (length < TEST_RUN_MIN_BYTES || length > test_run__max_bytes(fixture.armed.test_run) ||
	    length > BUFFER_BYTES)
		return 0;
	return length;
}

static int run(const __u8 *bytes, __u32 length, const char *name)
{
	struct errmsg why = {};
	int verdict = test_run__frame(fixture.armed.test_run, bytes, length, &why);

	if (verdict < 0)
		fail_msg("%s: %s", name, why.text);
	return verdict;
}

/* A frame has addresses once its IP header is there and of the version that is announced. */
static bool has_addresses(const struct frame_case *row)
{
	switch (row->class) {
	case CLASS_NON_IP:
	case CLASS_RUNT:
	case CLASS_TRUNCATED_L2:
	case CLASS_BAD_VERSION:
	case CLASS_TOO_MANY_TAGS:
		return false;
	default:
		return true;
	}
}

/* Return: true if the verdict follows from the class alone. */
static bool is_certain(const struct frame_case *row)
{
	return row->class != CLASS_TRUNCATED_L3;
}

/* Classes are those of the programs that do not decide, and everything passes. */
static void check_empty(bool raw)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u64 expected[CLASS_COUNT] = {};
	struct snapshot snapshot;

	armed__need(&fixture.armed);
	for (size_t i = 0; i < 2 * frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i % frame_case_count];
		__u32 length = case_bytes(row, raw, bytes);

		/* First without any policy. */
		if (i == frame_case_count)
			armed__put_policy(&fixture.armed);
		if (!length)
			continue;
		assert_int_equal(run(bytes, length, row->name), XDP_PASS);
		expected[row->class]++;
	}
	snapshot = read_consistent();
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot.classes[i] != expected[i])
			fail_msg("%s: %llu, not %llu", frame_class_names[i], snapshot.classes[i],
				 expected[i]);
	assert_int_equal(reason_count(REASON_PASS_DEFAULT), snapshot.packets);
	assert_in_range(snapshot.syns, 20, 2 * frame_case_count);
	snapshot__free(&snapshot);
}

static void test_empty(void **state)
{
	(void)state;
	check_empty(false);
}

static void test_empty_raw_ip(void **state)
{
	(void)state;
	check_empty(true);
}

/* Every frame with addresses is dropped, whatever follows, and is counted for its source. */
static void check_deny_all(bool raw)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct snapshot snapshot;
	__u64 dropped = 0;

	armed__need(&fixture.armed);
	policy_builder__list(&fixture.armed.builder, "0.0.0.0/0", LISTED_DENY, RULE_DENY,
			     POLICY_FOREVER);
	policy_builder__list(&fixture.armed.builder, "::/0", LISTED_DENY, RULE_DENY,
			     POLICY_FOREVER);
	armed__put_policy(&fixture.armed);
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = case_bytes(row, raw, bytes);
		int verdict;

		if (!length)
			continue;
		verdict = run(bytes, length, row->name);
		dropped += verdict == XDP_DROP;
		if (is_certain(row) && (verdict == XDP_DROP) != has_addresses(row))
			fail_msg("%s: verdict %d", row->name, verdict);
	}
	snapshot = read_consistent();
	assert_in_range(dropped, frame_case_count / 2, frame_case_count);
	assert_int_equal(snapshot.verdicts[XDP_DROP], dropped);
	assert_int_equal(reason_count(REASON_DROP_DENY), dropped);
	assert_int_equal(matched(RULE_DENY), dropped);
	assert_int_equal(snapshot.tallies[TABLE_DROPPED].attributed, dropped);
	snapshot__free(&snapshot);
}

static void test_deny_all(void **state)
{
	(void)state;
	check_deny_all(false);
}

static void test_deny_all_raw_ip(void **state)
{
	(void)state;
	check_deny_all(true);
}

/* Management by port passes before what denies everything. Return: its frames. */
static __u64 run_with_management(const char *const *prefixes, __u16 port)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct snapshot snapshot;
	__u64 passed = 0;

	policy_builder__list(&fixture.armed.builder, "0.0.0.0/0", LISTED_DENY, RULE_DENY,
			     POLICY_FOREVER);
	policy_builder__list(&fixture.armed.builder, "::/0", LISTED_DENY, RULE_DENY,
			     POLICY_FOREVER);
	for (; *prefixes; prefixes++)
		policy_builder__manage(&fixture.armed.builder, *prefixes, port, RULE_MANAGEMENT);
	armed__put_policy(&fixture.armed);
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = case_bytes(row, false, bytes);

		if (length && run(bytes, length, row->name) == XDP_PASS && has_addresses(row) &&
		    is_certain(row))
			passed++;
	}
	snapshot = read_consistent();
	snapshot__free(&snapshot);
	return passed;
}

static const char *const everyone[] = {"0.0.0.0/0", "::/0", NULL};

static void test_management(void **state)
{
	(void)state;
	armed__need(&fixture.armed);
	assert_int_not_equal(run_with_management(everyone, 0), 0);
	assert_int_equal(reason_count(REASON_DROP_DENY), 0);
}

/* Only TCP segments have ports: of all cases, those to the port of the first one. */
static void test_management_port(void **state)
{
	static const __u8 first_port[] = {0, 80};
	__u8 bytes[CASE_MAX_BYTES];

	(void)state;
	armed__need(&fixture.armed);
	frame_case__bytes(&frame_cases[0], bytes);
	assert_memory_equal(bytes + 36, first_port, sizeof(first_port));
	assert_in_range(run_with_management(everyone, 80), 10, frame_case_count);
	assert_int_not_equal(reason_count(REASON_DROP_DENY), 0);
}

static void test_limit(void **state)
{
	enum { BURST = 5, SYNS = 100 };
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct snapshot snapshot;
	int passed = 0;

	(void)state;
	armed__need(&fixture.armed);
	fixture.armed.builder.image->header.limit =
		policy_builder__limit(&fixture.armed.builder, 1, BURST, RULE_LIMIT, false);
	armed__put_policy(&fixture.armed);
	for (int i = 0; i < SYNS; i++)
		passed += run(bytes, length, "SYN") == XDP_PASS;
	/* A slow machine may take seconds. */
	assert_in_range(passed, BURST + 1, BURST + 4);
	snapshot = read_consistent();
	assert_int_equal(reason_count(REASON_PASS_BELOW), passed);
	/* The source may be forged: it is challenged, and not blamed. */
	assert_int_equal(reason_count(REASON_TX_CHALLENGE), SYNS - passed);
	assert_int_equal(snapshot.tallies[TABLE_DROPPED].count, 0);
	/* Counting comes first. */
	assert_int_equal(snapshot.syns, SYNS);
	snapshot__free(&snapshot);
}

/* By the kernel's own clock: what has ended is not listed, and nor is a candidate. */
static void test_ends(void **state)
{
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct policy_clock clock;
	struct errmsg why = {};

	(void)state;
	armed__need(&fixture.armed);
	assert_int_equal(policy_clock__read(&clock, &why), 0);
	policy_builder__list(&fixture.armed.builder, "0.0.0.0/0", LISTED_DENY, RULE_DENY,
			     clock.jiffies - 1);
	armed__put_policy(&fixture.armed);
	assert_int_equal(run(bytes, length, "SYN"), XDP_PASS);
	fixture.armed.builder.image->decisions[1].until[LISTED_DENY] =
		clock.jiffies + 3600 * clock.hz;
	memcpy(fixture.armed.builder.chunks, fixture.armed.builder.image,
	       sizeof(*fixture.armed.builder.image));
	assert_int_equal(policy_maps__put(fixture.armed.maps, POLICY_CANDIDATE,
					  fixture.armed.builder.chunks,
					  fixture.armed.builder.chunk_count, 0, &why),
			 0);
	assert_int_equal(run(bytes, length, "SYN"), XDP_DROP);
	assert_int_equal(
		policy_maps__put(fixture.armed.maps, POLICY_CANDIDATE, fixture.armed.builder.chunks,
				 fixture.armed.builder.chunk_count, clock.jiffies - 1, &why),
		0);
	assert_int_equal(run(bytes, length, "SYN"), XDP_PASS);
	assert_int_equal(policy_maps__put(fixture.armed.maps, POLICY_CONFIRMED,
					  fixture.armed.builder.chunks,
					  fixture.armed.builder.chunk_count, 0, &why),
			 0);
	assert_int_equal(run(bytes, length, "SYN"), XDP_DROP);
	assert_int_equal(policy_maps__clear(fixture.armed.maps, POLICY_CONFIRMED, &why), 0);
	assert_int_equal(run(bytes, length, "SYN"), XDP_PASS);
}

#define ROW(test, setup) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_empty, setup),
		{"test_empty_pairs", test_empty, setup_pairs, teardown, NULL},
		ROW(test_empty_raw_ip, setup_raw_ip),
		ROW(test_deny_all, setup),
		{"test_deny_all_pairs", test_deny_all, setup_pairs, teardown, NULL},
		ROW(test_deny_all_raw_ip, setup_raw_ip),
		ROW(test_management, setup),
		ROW(test_management_port, setup_pairs),
		ROW(test_limit, setup),
		ROW(test_ends, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
