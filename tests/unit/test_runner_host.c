// SPDX-License-Identifier: GPL-2.0-only
// test_runner_host: the program in this process: the classes of all cases and cuts, and of several
// threads that count in the same tables.
#include <arpa/inet.h>
#include <string.h>

#include "common/counts/snapshot.h"
#include "common/dataplane/read.h"
#include "common/replay/runner.h"
#include "tests/cases.h"
#include "tests/unit_test.h"

struct fixture {
	struct dataplane *tables;
	struct runner *runner;
	__u64 frames;
};

static void fixture__open(struct fixture *fixture, const struct dataplane_config *config,
			  __u32 repeat)
{
	struct runner_options options = {
		.kind = RUNNER_HOST, .workers = config->cpus, .repeat = repeat};

	*fixture = (struct fixture){};
	assert_int_equal(dataplane__in_process(config, &fixture->tables, NULL), 0);
	options.tables = fixture->tables;
	assert_int_equal(runner__open(-1, &options, &fixture->runner, NULL), 0);
}

static void fixture__run(struct fixture *fixture, const __u8 *bytes, __u32 length)
{
	assert_int_equal(runner__frame(fixture->runner, bytes, length, NULL), 0);
	fixture->frames++;
}

/* Finishes, reads, and closes. */
static struct snapshot fixture__end(struct fixture *fixture)
{
	struct runner_timing timing;
	struct snapshot snapshot;

	assert_int_equal(runner__finish(fixture->runner, &timing, NULL), 0);
	assert_int_equal(timing.kind, RUNNER_HOST);
	assert_int_equal(dataplane__read(fixture->tables, &snapshot, NULL), 0);
	assert_int_equal(snapshot.packets, timing.frames);
	assert_int_equal(snapshot.verdicts[XDP_PASS], timing.frames);
	assert_int_equal(snapshot.unaccounted, 0);
	assert_int_equal(snapshot.syns,
			 snapshot.tallies[TABLE_SOURCES].attributed + snapshot.unattributed);
	runner__close(fixture->runner);
	dataplane__close(fixture->tables);
	return snapshot;
}

static void assert_classes(const struct snapshot *snapshot, const __u64 expected[CLASS_COUNT])
{
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot->classes[i] != expected[i])
			fail_msg("%s: %llu, not %llu", frame_class_names[i], snapshot->classes[i],
				 expected[i]);
}

/* The program for pairs classifies like the one without. */
static void check_cases(bool pairs, bool cut)
{
	const struct dataplane_config config = {.cpus = 1, .pairs = pairs};
	static __u8 bytes[CASE_MAX_BYTES];
	__u64 expected[CLASS_COUNT] = {};
	struct snapshot snapshot;
	struct fixture fixture;
	__u64 sum_bytes = 0;

	fixture__open(&fixture, &config, 1);
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);

		for (__u32 first = cut ? row->l4_end ? 0 : length + 1 : length; first <= length;
		     first++) {
			fixture__run(&fixture, bytes, first);
			sum_bytes += first;
			expected[cut ? frame_case__cut_class(row, first) : row->class]++;
		}
	}
	snapshot = fixture__end(&fixture);
	assert_int_equal(snapshot.packets, fixture.frames);
	assert_int_equal(snapshot.bytes, sum_bytes);
	assert_classes(&snapshot, expected);
	assert_true(snapshot.exact);
	assert_int_equal(snapshot.tallies[TABLE_SYN_ACKS].counted, pairs);
	if (pairs)
		assert_int_equal(snapshot.tallies[TABLE_SYN_ACKS].attributed,
				 expected[CLASS_SYN_ACK]);
	snapshot__free(&snapshot);
}

static void test_cases(void **state)
{
	(void)state;
	check_cases(false, false);
	check_cases(true, false);
}

static void test_every_cut(void **state)
{
	(void)state;
	check_cases(false, true);
	check_cases(true, true);
}

/* The n-th SYN's source, in the first case's frame; every 8th is from one of 4 heavy ones. */
static void set_source(__u8 *frame, __u32 n)
{
	__be32 source = htonl(n % 8 ? 0x0a000000 + n : 0xc0000200 + n / 8 % 4);

	memcpy(frame + 26, &source, sizeof(source));
}

/* Four threads share the back tier: nothing is lost while sources fit, and bounds hold beyond. */
static void check_threads(__u32 max_sources, bool exact)
{
	enum { SYNS = 200000, REPEAT = 2, HEAVY = 4, HEAVY_SYNS = REPEAT * SYNS / 8 / HEAVY };
	const struct dataplane_config config = {.cpus = 4, .max_sources = max_sources};
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	const struct tally *sources;
	struct snapshot snapshot;
	struct fixture fixture;
	int heavy = 0;

	fixture__open(&fixture, &config, REPEAT);
	for (__u32 i = 0; i < SYNS; i++) {
		set_source(bytes, i);
		fixture__run(&fixture, bytes, length);
	}
	snapshot = fixture__end(&fixture);
	sources = &snapshot.tallies[TABLE_SOURCES];
	assert_int_equal(snapshot.syns, REPEAT * SYNS);
	assert_int_equal(snapshot.exact, exact);
	assert_int_equal(!snapshot.unattributed, exact);
	for (size_t i = 0; i < sources->count; i++) {
		const struct tally_row *row = &sources->rows[i];
		bool is_heavy = ntohl(row->endpoint.address[0]) >> 24 == 0xc0;

		heavy += is_heavy;
		assert_in_range(is_heavy ? HEAVY_SYNS : REPEAT, row->at_least, row->at_most);
	}
	assert_int_equal(heavy, HEAVY);
	if (exact)
		assert_int_equal(sources->count, SYNS / 8 * 7 + HEAVY);
	snapshot__free(&snapshot);
}

static void test_threads_exact(void **state)
{
	(void)state;
	check_threads(200000, true);
}

static void test_threads_bounded(void **state)
{
	(void)state;
	check_threads(1000, false);
}

/* The longest frame fits, and a batch that is full is run. */
static void test_long_frames(void **state)
{
	const struct dataplane_config config = {.cpus = 1};
	__u64 expected[CLASS_COUNT] = {};
	struct snapshot snapshot;
	struct fixture fixture;
	__u32 length;
	__u8 *bytes;

	(void)state;
	fixture__open(&fixture, &config, 1);
	length = runner__max_bytes(fixture.runner);
	bytes = test_calloc(1, length);
	frame_case__bytes(&frame_cases[0], bytes);
	for (int i = 0; i < 3; i++)
		fixture__run(&fixture, bytes, length);
	test_free(bytes);
	snapshot = fixture__end(&fixture);
	expected[CLASS_SYN] = 3;
	assert_classes(&snapshot, expected);
	assert_int_equal(snapshot.bytes, 3ull * length);
	snapshot__free(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),         cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_threads_exact), cmocka_unit_test(test_threads_bounded),
		cmocka_unit_test(test_long_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
