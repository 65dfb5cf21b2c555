// SPDX-License-Identifier: GPL-2.0-only
// test_sample: the loaded programs that sample: what a sample holds, when one is taken, and that
// each one is read or counted as overrun.
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "common/dataplane/sample_ring.h"
#include "tests/armed.h"
#include "tests/cases.h"
#include "tests/need_loaded.h"
#include "tests/unit_test.h"

#define BUFFER_BYTES 3408 /* BPF_PROG_TEST_RUN keeps at least this in one buffer */
#define FLOOD_FRAMES 500000
#define MANY 100000000
#define TCP_START_BYTES 14 /* up to the flags */

enum { RULE_DENY = 1, RULE_LIMIT };

struct fixture {
	struct armed armed; /* its policy is empty, or the program has none */
	struct sample_ring *ring;
	__u64 read; /* samples */
	struct sample last;
};

static struct fixture fixture;

static void fixture_open(struct dataplane_config config, bool armed, bool wide)
{
	struct errmsg why = {};

	fixture = (struct fixture){};
	config.sampling = SAMPLING_NEW;
	if (armed)
		armed__open(&fixture.armed, config);
	else if (dataplane__load(&config, &fixture.armed.dataplane, &why) ||
		 test_run__open(dataplane__program_fd(fixture.armed.dataplane),
				&fixture.armed.test_run, &why))
		snprintf(fixture.armed.reason, sizeof(fixture.armed.reason), "%s", why.text);
	need_loaded(fixture.armed.reason);
	if (sample_ring__open(fixture.armed.dataplane, wide, &fixture.ring, &why))
		fail_msg("%s", why.text);
	assert_int_equal(sample_ring__by_reason(fixture.ring), armed);
}

static int teardown(void **state)
{
	(void)state;
	sample_ring__close(fixture.ring);
	if (fixture.armed.maps)
		armed__close(&fixture.armed);
	else {
		test_run__close(fixture.armed.test_run);
		dataplane__close(fixture.armed.dataplane);
	}
	fixture = (struct fixture){};
	return 0;
}

static void grant(__u32 gate, __u64 samples, __u32 every)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(fixture.ring); cpu++)
		sample_ring__grant(fixture.ring, cpu, gate, samples, every);
}

static void grant_all(__u64 samples)
{
	for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
		grant(gate, samples, 1);
}

static __u64 taken_in_all(void)
{
	__u64 taken = 0;

	for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
		taken += sample_ring__taken(fixture.ring, gate);
	return taken;
}

static int run(const __u8 *bytes, __u32 length)
{
	struct errmsg why = {};
	int verdict = test_run__frame(fixture.armed.test_run, bytes, length, &why);

	if (verdict < 0)
		fail_msg("%s", why.text);
	return verdict;
}

static int keep_sample(void *opaque, const struct sample *sample, struct errmsg *why)
{
	(void)opaque, (void)why;
	fixture.read++;
	fixture.last = *sample;
	return 0;
}

static const struct sample_slot *read_one(const char *name)
{
	struct errmsg why = {};
	__u64 before = fixture.read;

	assert_int_equal(sample_ring__read(fixture.ring, keep_sample, NULL, &why), 0);
	if (fixture.read != before + 1)
		fail_msg("%s: %llu samples", name, fixture.read - before);
	return &fixture.last.slot;
}

/* Where a TCP header of these ends, whatever the class says of others. */
static __u32 tcp_end(const struct frame_case *row, const __u8 *bytes)
{
	__u32 start = row->l4_end - TCP_START_BYTES;

	if (row->class > CLASS_TCP_OTHER || !row->l4_end)
		return 0;
	return start + (bytes[start + 12] >> 4) * 4;
}

static void check_case(const struct frame_case *row, const __u8 *bytes, __u32 length, __u32 limit)
{
	const struct sample_slot *slot = read_one(row->name);
	__u32 end = tcp_end(row, bytes);
	__u32 whole = length < limit ? length : limit;

	assert_int_equal(slot->length, length);
	assert_int_equal(slot->class, row->class);
	assert_int_equal(slot->every, 1);
	if (end && end < whole)
		whole = end;
	if (row->class > CLASS_TCP_OTHER || row->l4_end)
		assert_int_equal(slot->captured, whole);
	assert_in_range(slot->captured, 14, whole);
	if (memcmp(sample__bytes(&fixture.last), bytes, slot->captured))
		fail_msg("%s: other bytes", row->name);
}

static void check_cases(struct dataplane_config config, bool armed, bool wide)
{
	static __u8 bytes[CASE_MAX_BYTES];

	fixture_open(config, armed, wide);
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);

		if (length < TEST_RUN_MIN_BYTES || length > BUFFER_BYTES)
			continue;
		grant_all(1);
		assert_int_equal(run(bytes, length), XDP_PASS);
		check_case(row, bytes, length, wide ? SAMPLE_WIDE_BYTES : SAMPLE_BYTES);
		assert_int_equal(fixture.last.slot.gate,
				 armed ? (int)REASON_PASS_DEFAULT : (int)row->class);
		assert_int_equal(fixture.last.slot.verdict,
				 XDP_PASS | (armed ? SAMPLE_BY_REASON : 0));
	}
	assert_in_range(fixture.read, frame_case_count / 2, frame_case_count);
	assert_int_equal(taken_in_all(), fixture.read);
	assert_int_equal(sample_ring__overrun(fixture.ring), 0);
}

static void test_cases(void **state)
{
	(void)state;
	check_cases((struct dataplane_config){}, false, false);
}

static void test_cases_wide(void **state)
{
	(void)state;
	check_cases((struct dataplane_config){}, false, true);
}

static void test_cases_pairs(void **state)
{
	(void)state;
	check_cases((struct dataplane_config){.pairs = true}, false, false);
}

static void test_cases_armed(void **state)
{
	(void)state;
	check_cases((struct dataplane_config){.pairs = true}, true, true);
}

/* Payload of every length up to the limit, so that each remainder of a word is copied. */
static void test_lengths(void **state)
{
	static __u8 bytes[300];

	(void)state;
	fixture_open((struct dataplane_config){}, false, true);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i + 1;
	bytes[12] = bytes[13] = 0; /* no EtherType: all is copied */
	for (__u32 length = TEST_RUN_MIN_BYTES; length < sizeof(bytes); length++) {
		const struct sample_slot *slot;
		__u32 whole = length < SAMPLE_WIDE_BYTES ? length : SAMPLE_WIDE_BYTES;

		grant(CLASS_NON_IP, 1, 1);
		run(bytes, length);
		slot = read_one("non-IP");
		assert_int_equal(slot->captured, whole);
		assert_int_equal(slot->length, length);
		assert_memory_equal(sample__bytes(&fixture.last), bytes, whole);
	}
}

/* Grants are by CPU. */
static void stay_on_this_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

static void test_budget(void **state)
{
	enum { EVERY = 7, GRANT = 10, FRAMES = 200 };
	static __u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	struct errmsg why = {};

	(void)state;
	stay_on_this_cpu();
	fixture_open((struct dataplane_config){}, false, false);
	run(bytes, length);
	assert_int_equal(taken_in_all(), 0);
	grant(CLASS_FIN, GRANT, 1);
	for (int i = 0; i < FRAMES; i++)
		run(bytes, length);
	assert_int_equal(taken_in_all(), 0);
	grant(CLASS_SYN, GRANT, EVERY);
	for (int i = 0; i < 1 + 3 * EVERY; i++)
		run(bytes, length);
	assert_int_equal(taken_in_all(), 4);
	for (int i = 0; i < FRAMES; i++)
		run(bytes, length);
	assert_int_equal(taken_in_all(), GRANT);
	assert_int_equal(sample_ring__read(fixture.ring, keep_sample, NULL, &why), 0);
	assert_int_equal(fixture.read, GRANT);
	assert_int_equal(fixture.last.slot.every, EVERY);
}

struct flood {
	int program_fd;
	const __u8 *frame;
	__u32 bytes;
	atomic_bool done;
	int err;
};

static void *flood_run(void *opaque)
{
	struct flood *flood = opaque;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = flood->frame, .data_size_in = flood->bytes,
		    .repeat = FLOOD_FRAMES);

	flood->err = bpf_prog_test_run_opts(flood->program_fd, &opts);
	atomic_store(&flood->done, true);
	return NULL;
}

/* Every frame is taken; each sample is read or counted as overrun, exactly. */
static void check_flood(bool wide, bool reads)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct flood flood = {.frame = bytes, .bytes = frame_case__bytes(&frame_cases[0], bytes)};
	struct errmsg why = {};
	pthread_t thread;

	fixture_open((struct dataplane_config){}, false, wide);
	flood.program_fd = dataplane__program_fd(fixture.armed.dataplane);
	grant(CLASS_SYN, MANY, 1);
	assert_int_equal(pthread_create(&thread, NULL, flood_run, &flood), 0);
	while (reads && !atomic_load(&flood.done))
		assert_int_equal(sample_ring__read(fixture.ring, keep_sample, NULL, &why), 0);
	pthread_join(thread, NULL);
	assert_int_equal(flood.err, 0);
	assert_int_equal(sample_ring__read(fixture.ring, keep_sample, NULL, &why), 0);
	assert_int_equal(sample_ring__taken(fixture.ring, CLASS_SYN), FLOOD_FRAMES);
	assert_int_equal(fixture.read + sample_ring__overrun(fixture.ring), FLOOD_FRAMES);
	if (!reads)
		assert_in_range(fixture.read, 1, 2 * SAMPLE_SLOTS);
	print_message("# %llu read, %llu overrun\n", fixture.read,
		      sample_ring__overrun(fixture.ring));
}

static void test_flood(void **state)
{
	(void)state;
	check_flood(false, true);
}

static void test_flood_wide(void **state)
{
	(void)state;
	check_flood(true, true);
}

static void test_flood_unread(void **state)
{
	(void)state;
	check_flood(false, false);
}

static void test_dropped(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	const struct sample_slot *slot;

	(void)state;
	fixture_open((struct dataplane_config){}, true, false);
	policy_builder__list(&fixture.armed.builder, "0.0.0.0/0", LISTED_DENY, RULE_DENY,
			     POLICY_FOREVER);
	armed__put_policy(&fixture.armed);
	grant(REASON_DROP_DENY, 1, 1);
	assert_int_equal(run(bytes, length), XDP_DROP);
	slot = read_one("deny");
	assert_int_equal(slot->gate, REASON_DROP_DENY);
	assert_int_equal(slot->rule, RULE_DENY);
	assert_int_equal(slot->verdict, XDP_DROP | SAMPLE_BY_REASON);
	assert_int_equal(slot->class, CLASS_SYN);
}

/* A sample of a frame that was answered is the question. */
static void test_answered(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	const struct sample_slot *slot;

	(void)state;
	fixture_open((struct dataplane_config){}, true, false);
	fixture.armed.builder.image->header.limit =
		policy_builder__limit(&fixture.armed.builder, 1, 1, RULE_LIMIT, false);
	armed__put_policy(&fixture.armed);
	while (run(bytes, length) != XDP_TX)
		;
	grant(REASON_TX_CHALLENGE, 1, 1);
	grant(REASON_PASS_BELOW, 1, 1);
	assert_int_equal(run(bytes, length), XDP_TX);
	slot = read_one("challenge");
	assert_int_equal(slot->gate, REASON_TX_CHALLENGE);
	assert_int_equal(slot->rule, RULE_LIMIT);
	assert_int_equal(slot->verdict, XDP_TX | SAMPLE_BY_REASON);
	assert_in_range(slot->captured, 54, SAMPLE_BYTES);
	assert_memory_equal(slot->bytes, bytes, slot->captured);
}

static void test_without(void **state)
{
	struct sample_ring *ring;
	struct dataplane *dataplane;
	struct errmsg why = {};

	(void)state;
	if (dataplane__load(NULL, &dataplane, &why))
		need_loaded(why.text);
	assert_int_equal(dataplane__map_fd(dataplane, "sample_slots"), -1);
	assert_int_equal(dataplane__map_fd(dataplane, "sample_control"), -1);
	assert_int_equal(sample_ring__open(dataplane, false, &ring, &why), -ENOENT);
	dataplane__close(dataplane);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_cases, teardown),
		cmocka_unit_test_teardown(test_cases_wide, teardown),
		cmocka_unit_test_teardown(test_cases_pairs, teardown),
		cmocka_unit_test_teardown(test_cases_armed, teardown),
		cmocka_unit_test_teardown(test_lengths, teardown),
		cmocka_unit_test_teardown(test_flood, teardown),
		cmocka_unit_test_teardown(test_flood_wide, teardown),
		cmocka_unit_test_teardown(test_flood_unread, teardown),
		cmocka_unit_test_teardown(test_dropped, teardown),
		cmocka_unit_test_teardown(test_answered, teardown),
		cmocka_unit_test(test_without),
		cmocka_unit_test_teardown(test_budget, teardown), /* stays on a CPU */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
