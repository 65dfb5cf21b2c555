// SPDX-License-Identifier: GPL-2.0-only
// main_diff: compare the loaded program, and the same on the host, with the reference on mutated
// frames, batch by batch. A batch with a difference is bisected to a single frame, which is
// printed.
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/bpf/features.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"
#include "common/replay/runner.h"
#include "pktgen/profiles/profile.h"
#include "tests/cases.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/reference.h"

/* At most as many SYNs as the program has entries, so that its counts are exact. */
#define BATCH_FRAMES 100000
#define MAX_BYTES 9216
#define FRAMES_OF_PROFILE 500
#define FRAMES_OF_CAPTURE 500
#define MAX_MUTATIONS 6
#define SPLIT_EVERY 16 /* one frame in 16 is split, which costs a call each */

struct frame_bytes {
	__u8 *data;
	__u32 bytes;
	__u32 linear_bytes; /* the rest is in fragments; 0: not split */
};

struct frames {
	struct frame_bytes *list;
	size_t count, room;
};

struct tester {
	struct rng rng;
	struct frames seeds;
	struct frames batch;
	__u8 room[MAX_BYTES];
	__u32 max_bytes; /* maximum of this kernel */
	bool can_split;  /* kernel 6.18 */
	__u64 classes[CLASS_COUNT];
	__u64 frames, split_frames;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz-diff: %s\n", what);
	exit(EXIT_FAILURE);
}

static struct frame_bytes *add(struct frames *frames, const __u8 *data, __u32 bytes)
{
	struct frame_bytes *frame;

	if (frames->count == frames->room) {
		frames->room = frames->room ? 2 * frames->room : 1024;
		frames->list = reallocarray(frames->list, frames->room, sizeof(*frames->list));
	}
	frame = &frames->list[frames->count++];
	*frame = (struct frame_bytes){malloc(bytes), bytes, 0};
	if (!frame->data)
		fail("out of memory");
	memcpy(frame->data, data, bytes);
	return frame;
}

static void clear(struct frames *frames)
{
	for (size_t i = 0; i < frames->count; i++)
		free(frames->list[i].data);
	frames->count = 0;
}

static void take_cases(struct frames *seeds)
{
	static __u8 bytes[CASE_MAX_BYTES];

	for (size_t i = 0; i < frame_case_count; i++)
		add(seeds, bytes, frame_case__bytes(&frame_cases[i], bytes));
}

static void take_profiles(struct frames *seeds)
{
	static struct generated_frame generated;
	struct errmsg why = {};

	for (int i = 0; profiles[i]; i++) {
		struct stream *stream;
		struct knobs knobs;

		if (profile__defaults(profiles[i], &knobs, &why) ||
		    stream__open(profiles[i], &knobs, &stream, &why))
			fail(why.text);
		for (int frame = 0; frame < FRAMES_OF_PROFILE; frame++) {
			stream__next(stream, &generated);
			add(seeds, packet__bytes(&generated.packet), generated.captured_bytes);
		}
		stream__close(stream);
	}
}

static void take_capture(struct frames *seeds, const char *path)
{
	struct capture_frame frame;
	struct capture *capture;

	if (capture__open(path, &capture, NULL))
		return;
	for (int i = 0; i < FRAMES_OF_CAPTURE && capture__next(capture, &frame, NULL) > 0; i++)
		if (frame.linktype == LINKTYPE_ETHERNET && frame.captured_bytes <= MAX_BYTES)
			add(seeds, frame.data, frame.captured_bytes);
	capture__close(capture);
}

/* Sorted, to be independent of the file system. */
static void take_captures(struct frames *seeds, const char *directory)
{
	struct dirent **names;
	int count = scandir(directory, &names, NULL, alphasort);
	char path[4096];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			take_capture(seeds, path);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void add_mutated(struct tester *tester)
{
	struct rng *rng = &tester->rng;
	const struct frame_bytes *seed = &tester->seeds.list[rng__below(rng, tester->seeds.count)];
	__u32 bytes = seed->bytes < tester->max_bytes ? seed->bytes : tester->max_bytes;
	__u32 changes = rng__below(rng, MAX_MUTATIONS + 1);
	struct frame_bytes *frame;

	memcpy(tester->room, seed->data, bytes);
	for (__u32 i = 0; i < changes || bytes < TEST_RUN_MIN_BYTES; i++)
		bytes = mutate(rng, tester->room, bytes, tester->max_bytes);
	frame = add(&tester->batch, tester->room, bytes);
	if (tester->can_split && bytes > TEST_RUN_MIN_BYTES && !rng__below(rng, SPLIT_EVERY)) {
		frame->linear_bytes =
			TEST_RUN_MIN_BYTES + rng__below(rng, bytes - TEST_RUN_MIN_BYTES);
		tester->split_frames++;
	}
}

/* Runs a multi-buffer frame: linear_bytes in the linear part, the rest in fragments. */
static int run_split(int program_fd, const struct frame_bytes *frame)
{
	struct xdp_md context = {.data_end = frame->linear_bytes};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame->data, .data_size_in = frame->bytes,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = 1);

	return bpf_prog_test_run_opts(program_fd, &opts);
}

/* Finds the limits of this kernel, with programs that count nothing. */
static void ask_kernel(struct tester *tester)
{
	static __u8 zeros[64];
	const struct frame_bytes frame = {zeros, sizeof(zeros), TEST_RUN_MIN_BYTES};
	struct errmsg why = {};
	struct test_run *test_run;
	int fd;

	if (test_run__open(-1, &test_run, &why))
		fail(why.text);
	tester->max_bytes = test_run__max_bytes(test_run);
	if (tester->max_bytes > MAX_BYTES)
		tester->max_bytes = MAX_BYTES;
	test_run__close(test_run);
	fd = features__null_program(BPF_F_XDP_HAS_FRAGS);
	tester->can_split = fd >= 0 && !run_split(fd, &frame);
	if (fd >= 0)
		close(fd);
	if (!tester->can_split)
		printf("# skipped: split frames: needs kernel 6.18\n");
}

/* On the host there are no split frames. */
static int run_frames(struct dataplane *dataplane, enum runner_kind kind,
		      const struct frame_bytes *list, size_t count, struct errmsg *why)
{
	const struct runner_options options = {.kind = kind, .tables = dataplane};
	int program_fd = dataplane__program_fd(dataplane);
	struct runner_timing timing;
	struct runner *runner;
	int err = runner__open(program_fd, &options, &runner, why);

	if (err)
		return err;
	for (size_t i = 0; !err && i < count; i++)
		err = list[i].linear_bytes && kind != RUNNER_HOST
			      ? run_split(program_fd, &list[i])
			      : runner__frame(runner, list[i].data, list[i].bytes, why);
	if (!err)
		err = runner__finish(runner, &timing, why);
	runner__close(runner);
	return err;
}

/* The expected counts of a batch, by the reference. */
struct truth {
	__u64 classes[CLASS_COUNT];
	__u64 bytes;
	struct endpoint *tables[TABLE_COUNT]; /* one entry per SYN, sorted */
	size_t syns;
};

static int by_endpoint(const void *a, const void *b)
{
	return endpoint__compare(a, b); /* the first member of each kind of row */
}

static void find_truth(const struct frame_bytes *list, size_t count, struct truth *ret)
{
	*ret = (struct truth){};
	for (int i = 0; i < TABLE_COUNT; i++)
		ret->tables[i] = calloc(count, sizeof(struct endpoint));
	for (size_t i = 0; i < count; i++) {
		struct parsed_frame judgement = reference__judge(list[i].data, list[i].bytes);

		ret->classes[judgement.class]++;
		ret->bytes += list[i].bytes;
		if (judgement.class != CLASS_SYN)
			continue;
		ret->tables[TABLE_SOURCES][ret->syns] = judgement.source;
		ret->tables[TABLE_VICTIMS][ret->syns++] = judgement.victim;
	}
	for (int i = 0; i < TABLE_COUNT; i++)
		qsort(ret->tables[i], ret->syns, sizeof(struct endpoint), by_endpoint);
}

/* True if each true count is within its bounds, and only endpoints with SYNs are listed. */
static bool table_agrees(const struct endpoint *truth, size_t syns, const struct tally *tally)
{
	size_t row = 0;

	qsort(tally->rows, tally->count, sizeof(*tally->rows), by_endpoint);
	for (size_t i = 0, next; i < syns; i = next) {
		__u64 at_least = 0, at_most = tally->unlisted_at_most;

		for (next = i; next < syns && !by_endpoint(&truth[i], &truth[next]);)
			next++;
		if (row < tally->count && !by_endpoint(&truth[i], &tally->rows[row])) {
			at_least = tally->rows[row].at_least;
			at_most = tally->rows[row++].at_most;
		}
		if (next - i < at_least || next - i > at_most)
			return false;
	}
	return row == tally->count;
}

static bool counts_agree(const struct truth *truth, size_t frames, const struct snapshot *snapshot)
{
	return !memcmp(truth->classes, snapshot->classes, sizeof(truth->classes)) &&
	       truth->bytes == snapshot->bytes && frames == snapshot->verdicts[XDP_PASS] &&
	       snapshot->exact && !snapshot->unattributed &&
	       table_agrees(truth->tables[TABLE_SOURCES], truth->syns,
			    &snapshot->tallies[TABLE_SOURCES]) &&
	       table_agrees(truth->tables[TABLE_VICTIMS], truth->syns,
			    &snapshot->tallies[TABLE_VICTIMS]);
}

/* Runs the frames through a newly loaded program, or through the one on the host, and compares. */
static bool engine_agrees(enum runner_kind kind, const struct frame_bytes *list, size_t count,
			  const struct truth *truth, struct snapshot *ret_counts)
{
	static const struct dataplane_config config = {.cpus = 1};
	struct dataplane *dataplane;
	struct errmsg why = {};
	bool same;

	if ((kind == RUNNER_HOST ? dataplane__in_process(&config, &dataplane, &why)
				 : dataplane__load(NULL, &dataplane, &why)) ||
	    run_frames(dataplane, kind, list, count, &why) ||
	    dataplane__read(dataplane, ret_counts, &why))
		fail(why.text[0] ? why.text : strerror(errno));
	same = counts_agree(truth, count, ret_counts);
	snapshot__free(ret_counts);
	dataplane__close(dataplane);
	return same;
}

/* @ret_counts: of the first engine that disagrees, or of the last one. */
static bool agree(const struct frame_bytes *list, size_t count, struct snapshot *ret_counts)
{
	struct truth truth;
	bool same;

	find_truth(list, count, &truth);
	same = engine_agrees(RUNNER_AUTO, list, count, &truth, ret_counts) &&
	       engine_agrees(RUNNER_HOST, list, count, &truth, ret_counts);
	for (int i = 0; i < TABLE_COUNT; i++)
		free(truth.tables[i]);
	return same;
}

static void report(const struct frame_bytes *list, size_t count)
{
	struct snapshot counts;

	while (count > 1) {
		size_t half = count / 2;

		if (!agree(list, half, &counts)) {
			count = half;
		} else if (!agree(list + half, count - half, &counts)) {
			list += half;
			count -= half;
		} else {
			fprintf(stderr,
				"they disagree on these %zu frames together, but not on either "
				"half\n",
				count);
			return;
		}
	}
	agree(list, 1, &counts);
	for (int i = 0; i < CLASS_COUNT; i++)
		if (counts.classes[i])
			fprintf(stderr, "the program says %s", frame_class_names[i]);
	fprintf(stderr, " (%u of %u bytes linear), the reference:\n",
		list->linear_bytes ?: list->bytes, list->bytes);
	judgement__print_case(stderr, list->data, list->bytes);
}

static bool test_batch(struct tester *tester, size_t frames)
{
	struct snapshot counts;
	bool same;

	while (tester->batch.count < frames)
		add_mutated(tester);
	same = agree(tester->batch.list, frames, &counts);
	for (int i = 0; i < CLASS_COUNT; i++)
		tester->classes[i] += counts.classes[i];
	tester->frames += frames;
	if (!same)
		report(tester->batch.list, frames);
	clear(&tester->batch);
	return same;
}

static void print_summary(const struct tester *tester, double seconds)
{
	printf("%llu frames from %zu seeds, %llu of them split, in %.1f s (%.0f/s):\n",
	       tester->frames, tester->seeds.count, tester->split_frames, seconds,
	       tester->frames / seconds);
	for (int i = 0; i < CLASS_COUNT; i++)
		if (tester->classes[i])
			printf("  %-20s %12llu\n", frame_class_names[i], tester->classes[i]);
}

int main(int argc, const char **argv)
{
	static struct tester tester;
	const char *captures = getenv("XDPCTL_CORPUS");
	__u64 frames = 0, seed = 1, start_ns = clock__now_ns();
	struct errmsg why = {};
	bool same = true;

	if (argc < 2 || number__u64("FRAMES", argv[1], 1, ~0ull, &frames, &why) ||
	    (argc > 2 && number__u64("SEED", argv[2], 0, ~0ull, &seed, &why)))
		fail(why.text[0] ? why.text : "usage: diff FRAMES [SEED]");
	libbpf_log__start(false);
	rng__seed(&tester.rng, seed, 0);
	ask_kernel(&tester);
	take_cases(&tester.seeds);
	take_profiles(&tester.seeds);
	if (captures)
		take_captures(&tester.seeds, captures);
	while (same && tester.frames < frames) {
		__u64 left = frames - tester.frames;

		same = test_batch(&tester, left < BATCH_FRAMES ? left : BATCH_FRAMES);
	}
	print_summary(&tester, (clock__now_ns() - start_ns) / 1e9);
	clear(&tester.seeds);
	free(tester.seeds.list);
	free(tester.batch.list);
	printf(same ? "the program and the reference agree on all frames\n"
		    : "they DISAGREE: see above\n");
	return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
