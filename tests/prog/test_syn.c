// SPDX-License-Identifier: GPL-2.0-only
// test_syn: the loaded programs, frame by frame: verdict, class, source, and totals that add up.
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/test_run.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"
#include "tests/cases.h"
#include "tests/need_loaded.h"
#include "tests/unit_test.h"

#define BUFFER_BYTES 3408 /* BPF_PROG_TEST_RUN keeps at least this in one buffer */

struct fixture {
	struct dataplane *dataplane;
	struct test_run *test_run;
	char reason[sizeof(((struct errmsg *)0)->text)]; /* set if it could not be loaded */
};

static struct fixture fixture;

static int setup_with(const struct dataplane_config *config)
{
	struct errmsg why = {};

	fixture = (struct fixture){};
	libbpf_log__start(false);
	if (dataplane__load(config, &fixture.dataplane, &why) ||
	    test_run__open(dataplane__program_fd(fixture.dataplane), &fixture.test_run, &why))
		snprintf(fixture.reason, sizeof(fixture.reason), "%s", why.text);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_with(NULL);
}

static int setup_small(void **state)
{
	const struct dataplane_config config = {.max_sources = 1000};

	(void)state;
	return setup_with(&config);
}

/* The offload program, run by the CPU. */
static int setup_device(void **state)
{
	const struct dataplane_config config = {.kind = DATAPLANE_DEVICE, .max_sources = 100};

	(void)state;
	return setup_with(&config);
}

static int teardown(void **state)
{
	(void)state;
	test_run__close(fixture.test_run);
	dataplane__close(fixture.dataplane);
	return 0;
}

static void need_fixture(void)
{
	need_loaded(fixture.reason);
}

static void run(const __u8 *bytes, __u32 length, const char *name)
{
	struct errmsg why = {};
	int verdict = test_run__frame(fixture.test_run, bytes, length, &why);

	if (verdict != XDP_PASS)
		fail_msg("%s: verdict %d: %s", name, verdict, why.text);
}

static struct snapshot read_consistent(void)
{
	struct snapshot snapshot;
	struct errmsg why = {};
	__u64 frames = 0, attributed = 0;

	if (dataplane__read(fixture.dataplane, &snapshot, &why))
		fail_msg("%s", why.text);
	for (int i = 0; i < CLASS_COUNT; i++)
		frames += snapshot.classes[i];
	for (size_t i = 0; i < snapshot.tallies[TABLE_SOURCES].count; i++)
		attributed += snapshot.tallies[TABLE_SOURCES].rows[i].at_least;
	assert_int_equal(frames, snapshot.packets);
	assert_int_equal(frames, snapshot.verdicts[XDP_PASS]);
	assert_int_equal(snapshot.syns, snapshot.classes[CLASS_SYN]);
	assert_int_equal(snapshot.syns, attributed + snapshot.unattributed);
	assert_int_equal(!snapshot.unattributed, snapshot.exact);
	return snapshot;
}

static __u64 count_of(const struct snapshot *snapshot, const char *address)
{
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < snapshot->tallies[TABLE_SOURCES].count; i++)
		if (!strcmp(endpoint__text(&snapshot->tallies[TABLE_SOURCES].rows[i].endpoint,
					   text),
			    address))
			return snapshot->tallies[TABLE_SOURCES].rows[i].at_least;
	return 0;
}

static void test_cases(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct snapshot before, after;

	(void)state;
	need_fixture();
	before = read_consistent();
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);

		if (length > test_run__max_bytes(fixture.test_run) ||
		    (length > BUFFER_BYTES &&
		     snapshot__is_unsupported(&before, FEATURE_FRAGMENTS))) {
			print_message("# %s: longer than this kernel accepts\n", row->name);
			continue;
		}
		run(bytes, length, row->name);
		after = read_consistent();
		assert_int_equal(after.packets, before.packets + 1);
		assert_int_equal(after.bytes, before.bytes + length);
		if (after.classes[row->class] != before.classes[row->class] + 1)
			fail_msg("%s: not counted as %s", row->name, frame_class_names[row->class]);
		if (row->source &&
		    count_of(&after, row->source) != count_of(&before, row->source) + 1)
			fail_msg("%s: not counted for %s", row->name, row->source);
		snapshot__free(&before);
		before = after;
	}
	snapshot__free(&before);
}

static int setup_raw_ip(void **state)
{
	const struct dataplane_config config = {.raw_ip = true};

	(void)state;
	return setup_with(&config);
}

/* On an interface without Ethernet headers the packets of the cases have the same classes. */
static void test_raw_ip(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u64 expected[CLASS_COUNT] = {};
	struct snapshot snapshot;

	(void)state;
	need_fixture();
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__without_ethernet(row, bytes);

		if (length < TEST_RUN_MIN_BYTES || length > test_run__max_bytes(fixture.test_run))
			continue;
		run(bytes, length, row->name);
		expected[row->class]++;
	}
	snapshot = read_consistent();
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot.classes[i] != expected[i])
			fail_msg("%s: %llu, not %llu", frame_class_names[i], snapshot.classes[i],
				 expected[i]);
	assert_in_range(snapshot.syns, 20, frame_case_count);
	assert_true(snapshot.exact && !snapshot.unattributed);
	snapshot__free(&snapshot);
}

static void test_every_cut(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u64 expected[CLASS_COUNT] = {};
	struct snapshot snapshot;

	(void)state;
	need_fixture();
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);

		for (__u32 cut = TEST_RUN_MIN_BYTES; row->l4_end && cut <= length; cut++) {
			run(bytes, cut, row->name);
			expected[frame_case__cut_class(row, cut)]++;
		}
	}
	snapshot = read_consistent();
	for (int i = 0; i < CLASS_COUNT; i++)
		if (snapshot.classes[i] != expected[i])
			fail_msg("%s: %llu, not %llu", frame_class_names[i], snapshot.classes[i],
				 expected[i]);
	snapshot__free(&snapshot);
}

/* More sources than entries: totals add up, and the bounds hold. */
static void test_flood(void **state)
{
	enum { SPOOFED = 200000, HEAVY_SYNS = 300 };
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct snapshot snapshot;

	(void)state;
	need_fixture();
	for (__u32 i = 0; i < SPOOFED; i++) {
		bytes[26] = 10, bytes[27] = i >> 16, bytes[28] = i >> 8, bytes[29] = i;
		run(bytes, length, "spoofed SYN");
		if (i % (SPOOFED / HEAVY_SYNS))
			continue;
		bytes[26] = 192, bytes[27] = 0, bytes[28] = 2, bytes[29] = 1;
		run(bytes, length, "SYN");
	}
	snapshot = read_consistent();
	assert_false(snapshot.exact);
	assert_int_equal(snapshot.tallies[TABLE_VICTIMS].count, 1);
	assert_int_equal(snapshot.tallies[TABLE_VICTIMS].rows[0].at_least, snapshot.syns);
	assert_in_range(snapshot.distinct_sources, 0.97 * SPOOFED, 1.03 * SPOOFED);
	assert_in_range(snapshot.tallies[TABLE_SOURCES].unlisted_at_most, 1, HEAVY_SYNS - 1);
	for (size_t i = 0; i < snapshot.tallies[TABLE_SOURCES].count; i++) {
		const struct tally_row *row = &snapshot.tallies[TABLE_SOURCES].rows[i];
		__u64 truth = row->endpoint.address[0] == htonl(0xc0000201) ? HEAVY_SYNS + 1 : 1;

		assert_in_range(truth, row->at_least, row->at_most);
	}
	assert_in_range(count_of(&snapshot, "192.0.2.1"), 1, HEAVY_SYNS + 1);
	snapshot__free(&snapshot);
}

/* The first sources get the entries; all SYNs of the others are unattributed. */
static void test_full_device(void **state)
{
	enum { ENTRIES = 100, SOURCES = 150, ROUNDS = 3 };
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct snapshot snapshot;

	(void)state;
	need_fixture();
	snapshot = read_consistent();
	assert_true(snapshot.exact && snapshot.distinct_known);
	assert_non_null(snapshot__is_unsupported(&snapshot, FEATURE_VICTIMS));
	snapshot__free(&snapshot);
	for (int i = 0; i < ROUNDS * SOURCES; i++) {
		bytes[29] = i % SOURCES;
		run(bytes, length, "SYN");
	}
	snapshot = read_consistent();
	assert_false(snapshot.exact || snapshot.distinct_known);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].count, ENTRIES);
	assert_int_equal(snapshot.unattributed, ROUNDS * (SOURCES - ENTRIES));
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].unlisted_at_most, snapshot.unattributed);
	assert_int_equal(snapshot.tallies[TABLE_VICTIMS].count, 0);
	for (size_t i = 0; i < snapshot.tallies[TABLE_SOURCES].count; i++) {
		assert_int_equal(snapshot.tallies[TABLE_SOURCES].rows[i].at_least, ROUNDS);
		assert_int_equal(snapshot.tallies[TABLE_SOURCES].rows[i].at_most,
				 ROUNDS + snapshot.unattributed);
	}
	snapshot__free(&snapshot);
}

static int setup_one_cpu(void **state)
{
	const struct dataplane_config config = {.cpus = 1};

	(void)state;
	return setup_with(&config);
}

static void move_to_cpu(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus)) {
		print_message("# skipped: this process may not run on CPU %d\n", cpu);
		skip();
	}
}

/* A CPU that the maps were not made for passes its frames, and they are seen. */
static void test_unaccounted(void **state)
{
	enum { COUNTED = 5, UNCOUNTED = 7 };
	__u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct snapshot snapshot;
	cpu_set_t before;

	(void)state;
	need_fixture();
	sched_getaffinity(0, sizeof(before), &before);
	move_to_cpu(1);
	for (int i = 0; i < UNCOUNTED; i++)
		run(bytes, length, "SYN on CPU 1");
	move_to_cpu(0);
	for (int i = 0; i < COUNTED; i++)
		run(bytes, length, "SYN on CPU 0");
	sched_setaffinity(0, sizeof(before), &before);
	snapshot = read_consistent();
	assert_int_equal(snapshot.packets, COUNTED);
	assert_int_equal(snapshot.syns, COUNTED);
	assert_int_equal(snapshot.unaccounted, UNCOUNTED);
	snapshot__free(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_raw_ip, setup_raw_ip, teardown),
		cmocka_unit_test_setup_teardown(test_unaccounted, setup_one_cpu, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup_small, teardown),
		{"test_cases on a device", test_cases, setup_device, teardown, NULL},
		{"test_every_cut on a device", test_every_cut, setup_device, teardown, NULL},
		cmocka_unit_test_setup_teardown(test_full_device, setup_device, teardown),
	};

	return cmocka_run_group_tests_name("syn", tests, NULL, NULL);
}
