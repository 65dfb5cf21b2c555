// SPDX-License-Identifier: GPL-2.0-only
// test_armed_corpus: every capture through the program that does not decide, and through the one
// that decides by an empty policy: not one count differs, and every frame passes.
#include <stdio.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "common/dataplane/read.h"
#include "tests/captures.h"
#include "tests/need_loaded.h"
#include "tests/policy_image.h"
#include "tests/unit_test.h"

enum side { PLAIN, ARMED, SIDES };

struct pair {
	struct policy_maps *maps;
	struct dataplane *dataplanes[SIDES];
	struct test_run *test_runs[SIDES];
};

/* Return: 0, or a negative errno with @why set. */
static int pair__open(struct pair *pair, struct errmsg *why)
{
	struct policy_builder builder;
	int err;

	*pair = (struct pair){};
	policy_builder__init(&builder, 250);
	policy_builder__finish(&builder);
	err = policy_maps__create(1000, &pair->maps, why);
	if (!err)
		err = policy_maps__put(pair->maps, POLICY_CONFIRMED, builder.chunks,
				       builder.chunk_count, 0, why);
	policy_builder__free(&builder);
	for (int i = 0; !err && i < SIDES; i++) {
		const struct dataplane_config config = {.policy = i == ARMED ? pair->maps : NULL,
							.pairs = true};

		err = dataplane__load(&config, &pair->dataplanes[i], why);
		err = err
			      ?: test_run__open(dataplane__program_fd(pair->dataplanes[i]),
						&pair->test_runs[i], why);
	}
	return err;
}

static void pair__close(struct pair *pair)
{
	for (int i = 0; i < SIDES; i++) {
		test_run__close(pair->test_runs[i]);
		dataplane__close(pair->dataplanes[i]);
	}
	policy_maps__close(pair->maps);
}

static void run_both(const struct pair *pair, const char *path)
{
	__u32 max_bytes = test_run__max_bytes(pair->test_runs[PLAIN]);
	struct capture_frame frame;
	struct capture *capture;
	struct errmsg why = {};

	if (capture__open(path, &capture, &why))
		fail_msg("%s", why.text);
	while (capture__next(capture, &frame, &why) > 0) {
		if (frame.linktype != LINKTYPE_ETHERNET ||
		    frame.captured_bytes < TEST_RUN_MIN_BYTES || frame.captured_bytes > max_bytes)
			continue;
		for (int i = 0; i < SIDES; i++)
			assert_int_equal(test_run__frame(pair->test_runs[i], frame.data,
							 frame.captured_bytes, &why),
					 XDP_PASS);
	}
	capture__close(capture);
}

static void compare_tallies(const char *path, const struct tally *a, const struct tally *b)
{
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->attributed, b->attributed);
	for (size_t i = 0; i < a->count; i++)
		if (endpoint__compare(&a->rows[i].endpoint, &b->rows[i].endpoint) ||
		    a->rows[i].at_least != b->rows[i].at_least ||
		    a->rows[i].at_most != b->rows[i].at_most)
			fail_msg("%s: row %zu differs", path, i);
}

/* Return: the frames. */
static __u64 compare(const struct pair *pair, const char *path)
{
	struct snapshot snapshots[SIDES];
	struct errmsg why = {};
	__u64 packets;

	for (int i = 0; i < SIDES; i++)
		if (dataplane__read(pair->dataplanes[i], &snapshots[i], &why))
			fail_msg("%s", why.text);
	packets = snapshots[PLAIN].packets;
	assert_int_equal(snapshots[ARMED].packets, packets);
	assert_int_equal(snapshots[ARMED].bytes, snapshots[PLAIN].bytes);
	assert_int_equal(snapshots[ARMED].verdicts[XDP_PASS], packets);
	assert_memory_equal(snapshots[ARMED].classes, snapshots[PLAIN].classes,
			    sizeof(snapshots[PLAIN].classes));
	for (int i = 0; i < TABLE_COUNT; i++)
		if (i != TABLE_DROPPED)
			compare_tallies(path, &snapshots[PLAIN].tallies[i],
					&snapshots[ARMED].tallies[i]);
	assert_int_equal(snapshots[ARMED].tallies[TABLE_DROPPED].count, 0);
	for (int i = 0; i < SIDES; i++)
		snapshot__free(&snapshots[i]);
	return packets;
}

static void test_corpus(void **state)
{
	struct errmsg why = {};
	struct pair pair;
	__u64 packets = 0;
	glob_t found;

	(void)state;
	libbpf_log__start(false);
	if (!find_captures(&found))
		skip();
	if (pair__open(&pair, &why)) {
		pair__close(&pair);
		globfree(&found);
		need_loaded(why.text);
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		run_both(&pair, found.gl_pathv[i]);
		packets = compare(&pair, found.gl_pathv[i]);
	}
	print_message("# %zu captures, %llu frames\n", found.gl_pathc, packets);
	assert_int_not_equal(packets, 0);
	pair__close(&pair);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
