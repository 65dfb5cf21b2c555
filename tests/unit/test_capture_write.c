// SPDX-License-Identifier: GPL-2.0-only
// test_capture_write: captures written and read again, and files that cannot be written.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "tests/captures.h"

#define N_WRITTEN 70000
#define LONGEST 262144

/* Mostly small frames of every length from 0, and one of the maximum length. */
static __u32 written_bytes(unsigned int i)
{
	return i == 1000 ? LONGEST : i % 131;
}

static void write_frames(const char *path, __u8 *data)
{
	struct capture_writer *writer = NULL;
	struct errmsg why = {};

	assert_int_equal(capture_writer__open(path, &writer, &why), 0);
	for (unsigned int i = 0; i < N_WRITTEN; i++) {
		memset(data, i, written_bytes(i) < 131 ? written_bytes(i) : LONGEST);
		assert_int_equal(capture_writer__frame(writer, data, written_bytes(i),
						       written_bytes(i) + i % 3,
						       1700000000 * S_NS + i * 123456789ULL, &why),
				 0);
	}
	assert_int_equal(capture_writer__frame(writer, data, LONGEST + 1, LONGEST + 1, 0, &why),
			 -EMSGSIZE);
	assert_non_null(strstr(why.text, "a frame of 262145 bytes is above 262144"));
	assert_int_equal(capture_writer__close(writer, &why), 0);
}

static void check_written_frame(const struct capture_frame *frame, unsigned int i, __u8 *data)
{
	assert_int_equal(frame->captured_bytes, written_bytes(i));
	assert_int_equal(frame->wire_bytes, written_bytes(i) + i % 3);
	assert_int_equal(frame->timestamp_ns, 1700000000 * S_NS + i * 123456789ULL);
	assert_int_equal(frame->linktype, LINKTYPE_ETHERNET);
	memset(data, i, written_bytes(i));
	assert_memory_equal(frame->data, data, written_bytes(i));
}

static void round_trip(const char *path, __u32 magic, int linktype)
{
	__u8 *data = malloc(LONGEST + 1);
	struct capture_frame frame;
	struct errmsg why = {};
	struct capture *capture;
	__u32 word = 0;
	FILE *file;

	assert_non_null(data);
	write_frames(path, data);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(&word, sizeof(word), 1, file), 1);
	assert_int_equal(word, magic);
	fclose(file);
	assert_int_equal(capture__open(path, &capture, &why), 0);
	assert_int_equal(capture__linktype(capture), linktype);
	for (unsigned int i = 0; i < N_WRITTEN; i++) {
		assert_int_equal(capture__next(capture, &frame, &why), 1);
		check_written_frame(&frame, i, data);
	}
	assert_int_equal(capture__next(capture, &frame, &why), 0);
	assert_int_equal(capture__next(capture, &frame, &why), 0);
	capture__close(capture);
	free(data);
}

static void test_round_trip(void **state)
{
	struct scratch *scratch = *state;

	round_trip(scratch->path, 0xa1b23c4d, LINKTYPE_ETHERNET);
	scratch__name(scratch, "x.pcapng");
	round_trip(scratch->path, SHB, -1);
}

/* pcap has seconds of 32 bits, pcapng nanoseconds of 64 bits. */
static void test_last_timestamps(void **state)
{
	static const __u64 last_of_pcap = 0xffffffff * S_NS + 999999999;
	struct scratch *scratch = *state;
	struct capture_writer *writer;
	struct errmsg why = {};
	struct reading r;

	assert_int_equal(capture_writer__open(scratch->path, &writer, &why), 0);
	assert_int_equal(capture_writer__frame(writer, "x", 1, 1, last_of_pcap, &why), 0);
	assert_int_equal(capture_writer__frame(writer, "x", 1, 1, last_of_pcap + 1, &why),
			 -EOVERFLOW);
	assert_int_equal(capture_writer__close(writer, &why), 0);
	read_path(scratch->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "x", 1, last_of_pcap, LINKTYPE_ETHERNET);

	scratch__name(scratch, "x.pcapng");
	assert_int_equal(capture_writer__open(scratch->path, &writer, &why), 0);
	assert_int_equal(capture_writer__frame(writer, "x", 1, 1, UINT64_MAX, &why), 0);
	assert_int_equal(capture_writer__close(writer, &why), 0);
	read_path(scratch->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "x", 1, UINT64_MAX, LINKTYPE_ETHERNET);
}

static void write_to_full(const char *path, unsigned int frames, int want_frame)
{
	struct capture_writer *writer = NULL;
	struct errmsg why = {};
	__u8 frame[1500] = {};
	char line[192];
	int err = 0;

	snprintf(line, sizeof(line), "%s: cannot write: No space left on device", path);
	assert_int_equal(capture_writer__open(path, &writer, &why), 0);
	for (unsigned int i = 0; i < frames && !err; i++)
		err = capture_writer__frame(writer, frame, sizeof(frame), sizeof(frame), i, &why);
	assert_int_equal(err, want_frame);
	if (err) {
		assert_string_equal(why.text, line);
		assert_int_equal(capture_writer__frame(writer, frame, 1, 1, 0, NULL), -ENOSPC);
	}
	why.text[0] = '\0';
	assert_int_equal(capture_writer__close(writer, &why), -ENOSPC);
	assert_string_equal(why.text, line);
}

static void test_disk_full(void **state)
{
	struct scratch *scratch = *state;

	write_to_full("/dev/full", 0, 0);
	write_to_full("/dev/full", 1, 0);
	write_to_full("/dev/full", 3000, -ENOSPC);
	scratch__name(scratch, "full.pcapng");
	assert_int_equal(symlink("/dev/full", scratch->path), 0);
	write_to_full(scratch->path, 0, 0);
	write_to_full(scratch->path, 1, 0);
	write_to_full(scratch->path, 3000, -ENOSPC);
}

static void test_cannot_create(void **state)
{
	struct scratch *scratch = *state;
	struct capture_writer *writer = NULL;
	struct errmsg why = {};
	char line[160];

	scratch__name(scratch, "none/x.pcap");
	snprintf(line, sizeof(line), "%s: cannot create: No such file or directory", scratch->path);
	assert_int_equal(capture_writer__open(scratch->path, &writer, &why), -ENOENT);
	assert_null(writer);
	assert_string_equal(why.text, line);
	assert_int_equal(capture_writer__open(scratch->dir, &writer, &why), -EISDIR);
	assert_int_equal(capture_writer__close(NULL, &why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(round_trip),
		SCRATCH_TEST(disk_full),
		SCRATCH_TEST(last_timestamps),
		SCRATCH_TEST(cannot_create),
	};

	return cmocka_run_group_tests_name("capture_write", tests, NULL, NULL);
}
