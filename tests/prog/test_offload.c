// SPDX-License-Identifier: GPL-2.0-only
// test_offload: the offload program counts the same as the CPU program, on profiles and captures.
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"
#include "pktgen/profiles/profile.h"
#include "tests/captures.h"
#include "tests/need_loaded.h"

#define PROFILE_FRAMES 2000

/* Both programs, run with the same frames. */
static struct side {
	struct dataplane *dataplane;
	struct test_run *test_run;
} sides[DATAPLANE_KINDS];

static char reason[sizeof(((struct errmsg *)0)->text)]; /* set if they could not be loaded */

static int open_sides(void **state)
{
	struct errmsg why = {};

	(void)state;
	libbpf_log__start(false);
	for (int kind = 0; kind < DATAPLANE_KINDS; kind++) {
		struct dataplane_config config = {.kind = kind};
		struct side *side = &sides[kind];

		*side = (struct side){};
		if (dataplane__load(&config, &side->dataplane, &why) ||
		    test_run__open(dataplane__program_fd(side->dataplane), &side->test_run, &why))
			snprintf(reason, sizeof(reason), "%s", why.text);
	}
	return 0;
}

static void need_sides(void)
{
	need_loaded(reason);
}

static int close_sides(void **state)
{
	(void)state;
	for (int kind = 0; kind < DATAPLANE_KINDS; kind++) {
		test_run__close(sides[kind].test_run);
		dataplane__close(sides[kind].dataplane);
	}
	return 0;
}

static void run(const void *bytes, __u32 length)
{
	struct errmsg why = {};

	if (length < TEST_RUN_MIN_BYTES || length > test_run__max_bytes(sides[0].test_run))
		return;
	for (int kind = 0; kind < DATAPLANE_KINDS; kind++)
		if (test_run__frame(sides[kind].test_run, bytes, length, &why) != XDP_PASS)
			fail_msg("%s", why.text);
}

/* Reads everything, or only the counts, which is fast. */
typedef int (*reader)(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

static struct snapshot read_side(enum dataplane_kind kind, reader read)
{
	struct snapshot snapshot;
	struct errmsg why = {};

	if (read(sides[kind].dataplane, &snapshot, &why))
		fail_msg("%s", why.text);
	return snapshot;
}

static void assert_same_counts(const char *what)
{
	struct snapshot cpu = read_side(DATAPLANE_CPU, dataplane__read_counts);
	struct snapshot device = read_side(DATAPLANE_DEVICE, dataplane__read_counts);

	for (int i = 0; i < CLASS_COUNT; i++)
		if (cpu.classes[i] != device.classes[i])
			fail_msg("%s: %s: %llu in the device, not %llu", what, frame_class_names[i],
				 device.classes[i], cpu.classes[i]);
	assert_int_equal(cpu.packets, device.packets);
	assert_int_equal(cpu.verdicts[XDP_PASS], device.verdicts[XDP_PASS]);
}

static void assert_same_sources(void)
{
	struct snapshot cpu = read_side(DATAPLANE_CPU, dataplane__read);
	struct snapshot device = read_side(DATAPLANE_DEVICE, dataplane__read);

	assert_true(cpu.exact && device.exact);
	assert_int_equal(device.unattributed, 0);
	assert_int_equal(cpu.tallies[TABLE_SOURCES].count, device.tallies[TABLE_SOURCES].count);
	assert_int_not_equal(cpu.tallies[TABLE_SOURCES].count, 0);
	for (size_t i = 0; i < cpu.tallies[TABLE_SOURCES].count; i++) {
		const struct tally_row *row = &cpu.tallies[TABLE_SOURCES].rows[i];
		const struct tally_row *other = &device.tallies[TABLE_SOURCES].rows[i];

		assert_int_equal(endpoint__compare(&row->endpoint, &other->endpoint), 0);
		assert_int_equal(row->at_least, other->at_least);
		assert_int_equal(row->at_most, other->at_most);
	}
	snapshot__free(&cpu);
	snapshot__free(&device);
}

static void test_profiles(void **state)
{
	static struct generated_frame frame;
	struct errmsg why = {};

	(void)state;
	need_sides();
	for (int i = 0; profiles[i]; i++) {
		struct stream *stream;
		struct knobs knobs;

		if (profile__defaults(profiles[i], &knobs, &why) ||
		    stream__open(profiles[i], &knobs, &stream, &why))
			fail_msg("%s: %s", profiles[i]->name, why.text);
		for (int n = 0; n < PROFILE_FRAMES; n++) {
			stream__next(stream, &frame);
			run(packet__bytes(&frame.packet), frame.captured_bytes);
		}
		stream__close(stream);
		assert_same_counts(profiles[i]->name);
	}
	assert_same_sources();
}

static void run_capture(const char *path)
{
	struct errmsg why = {};
	struct capture_frame frame;
	struct capture *capture;

	if (capture__open(path, &capture, &why))
		fail_msg("%s", why.text);
	while (capture__next(capture, &frame, NULL) > 0)
		if (frame.linktype == LINKTYPE_ETHERNET)
			run(frame.data, frame.captured_bytes);
	capture__close(capture);
}

static void test_corpus(void **state)
{
	glob_t found;

	(void)state;
	need_sides();
	if (!find_captures(&found))
		skip();
	for (size_t i = 0; i < found.gl_pathc; i++) {
		run_capture(found.gl_pathv[i]);
		assert_same_counts(found.gl_pathv[i]);
	}
	assert_same_sources();
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_profiles, open_sides, close_sides),
		cmocka_unit_test_setup_teardown(test_corpus, open_sides, close_sides),
	};

	return cmocka_run_group_tests_name("offload", tests, NULL, NULL);
}
