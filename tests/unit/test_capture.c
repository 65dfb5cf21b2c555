// SPDX-License-Identifier: GPL-2.0-only
// test_capture: captures read from files, pipes and the corpus, frame by frame.
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "tests/captures.h"

#define LT_SLL 113

static void test_pcap_variants(void **state)
{
	static const struct {
		__u32 magic;
		bool big;
		__u32 fraction_ns;
	} rows[] = {
		{0xa1b2c3d4, false, 1000},
		{0xa1b2c3d4, true, 1000},
		{0xa1b23c4d, false, 1},
		{0xa1b23c4d, true, 1},
	};
	struct reading r;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bytes b = {.big = rows[i].big};

		put_pcap_header(&b, rows[i].magic, LINKTYPE_ETHERNET);
		put_pcap_frame(&b, 1700000000, 123456, "first", 5);
		put_pcap_frame(&b, 0, 0, "", 60);
		put_pcap_frame(&b, 0xfffffff0, 999999, "third frame", 1514);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.open_err, 0);
		assert_int_equal(r.err, 0);
		assert_int_equal(r.n, 3);
		assert_int_equal(r.linktype, LINKTYPE_ETHERNET);
		assert_int_equal(r.position_bytes, b.n);
		check_frame(&r, 0, "first", 5, 1700000000 * S_NS + 123456ULL * rows[i].fraction_ns,
			    1);
		check_frame(&r, 1, "", 60, 0, 1);
		check_frame(&r, 2, "third frame", 1514,
			    0xfffffff0 * S_NS + 999999ULL * rows[i].fraction_ns, 1);
	}
}

/* Kuznetsov's modified format: each record header has eight more bytes. */
static void test_pcap_modified(void **state)
{
	struct bytes b = {};
	struct reading r;

	put_pcap_header(&b, 0xa1b2cd34, LINKTYPE_ETHERNET);
	for (int i = 0; i < 2; i++) {
		put(&b, 5, 4);
		put(&b, 7, 4);
		put(&b, 4, 4);
		put(&b, 99, 4);
		put(&b, 0x0102030405060708, 8);
		put_data(&b, "four", 4);
	}
	read_bytes(*state, &b, &r);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.n, 2);
	check_frame(&r, 0, "four", 99, 5 * S_NS + 7000, 1);
	check_frame(&r, 1, "four", 99, 5 * S_NS + 7000, 1);
}

/* Offset of the snapshot length in the file header. */
#define SNAPLEN_OFFSET 16

/* Records are longer than the header's snapshot length: they are read whole. */
static void test_pcap_small_snaplen(void **state)
{
	static const __u32 snaplens[] = {0, 1, 20, 0xffffffff};
	struct reading r;

	for (size_t i = 0; i < COUNT_OF(snaplens); i++) {
		struct bytes b = {};

		put_pcap_header(&b, 0xa1b2c3d4, LINKTYPE_ETHERNET);
		memcpy(b.data + SNAPLEN_OFFSET, &snaplens[i], sizeof(snaplens[i]));
		put_pcap_frame(&b, 1, 2, "a frame of more than twenty bytes", 60);
		put_pcap_frame(&b, 3, 4, "short", 60);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.err, 0);
		assert_int_equal(r.n, 2);
		check_frame(&r, 0, "a frame of more than twenty bytes", 60, S_NS + 2000, 1);
		check_frame(&r, 1, "short", 60, 3 * S_NS + 4000, 1);
	}
}

/* Versions 2.2 and 543.0 have the two lengths swapped; 2.3 may have. */
static void test_pcap_versions(void **state)
{
	static const struct {
		__u16 major, minor;
		bool swapped;
	} rows[] = {{2, 2, true}, {2, 3, true}, {2, 3, false}, {2, 4, false}, {543, 0, true}};
	struct reading r;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bytes b = {};

		put_pcap_header(&b, 0xa1b2c3d4, LINKTYPE_ETHERNET);
		memcpy(b.data + 4, &rows[i].major, 2);
		memcpy(b.data + 6, &rows[i].minor, 2);
		put(&b, 1, 4);
		put(&b, 2, 4);
		put(&b, rows[i].swapped ? 60 : 4, 4);
		put(&b, rows[i].swapped ? 4 : 60, 4);
		put_data(&b, "four", 4);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.err, 0);
		assert_int_equal(r.n, 1);
		check_frame(&r, 0, "four", 60, S_NS + 2000, 1);
	}
}

/* A block of @body bytes that begin with @start, and then are zeros. */
static void append_block(FILE *file, __u32 type, const void *start, __u32 start_bytes, __u32 body)
{
	static const __u8 zeros[1 << 16];
	__u32 bytes = body + 12;

	fwrite(&type, sizeof(type), 1, file);
	fwrite(&bytes, sizeof(bytes), 1, file);
	fwrite(start, start_bytes, 1, file);
	for (__u32 left = body - start_bytes; left;) {
		__u32 part = left < sizeof(zeros) ? left : sizeof(zeros);

		fwrite(zeros, part, 1, file);
		left -= part;
	}
	fwrite(&bytes, sizeof(bytes), 1, file);
}

/* Secrets, vendor blocks and comments of any length: the frames around them are read. */
static void test_pcapng_long_blocks(void **state)
{
	static const struct {
		__u32 interface, ticks_high, ticks_low, captured_bytes, wire_bytes;
		char data[4];
	} packet = {.ticks_low = 5, .captured_bytes = 4, .wire_bytes = 60, .data = "long"};
	const struct scratch *scratch = *state;
	struct bytes b = {};
	struct reading r;
	FILE *file;

	put_section(&b, 1);
	put_interface(&b, LINKTYPE_ETHERNET, 0, 9, 0);
	put_enhanced(&b, 0, 1, "first", 5);
	store(scratch->path, b.data, b.n);
	file = fopen(scratch->path, "a");
	append_block(file, 10, "TLSK", 4, 17 << 20);
	append_block(file, CUSTOM, "", 0, 20 << 20);
	append_block(file, EPB, &packet, sizeof(packet), 18 << 20);
	append_block(file, CUSTOM, "", 0, 1 << 20);
	append_block(file, CUSTOM, "", 0, (1 << 20) + 4);
	append_block(file, EPB, &packet, sizeof(packet), (1 << 20) - 4);
	fclose(file);
	read_path(scratch->path, &r);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.n, 3);
	check_frame(&r, 0, "first", 5, 1, 1);
	check_frame(&r, 1, "long", 60, 5, 1);
	check_frame(&r, 2, "long", 60, 5, 1);
}

/* libpcap maps a few types to its own numbers; the reader reports the number in the file. */
static void test_pcap_linktypes(void **state)
{
	static const __u16 linktypes[] = {0, 1, 9, 50, 100, 101, 102, 103, 106, 108, 113, 228, 276};
	struct reading r;

	for (size_t i = 0; i < COUNT_OF(linktypes); i++) {
		struct bytes b = {};

		put_pcap_header(&b, 0xa1b2c3d4, linktypes[i]);
		put_pcap_frame(&b, 1, 0, "E a frame of twenty bytes or more", 60);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.n, 1);
		assert_int_equal(r.linktype, linktypes[i]);
		assert_int_equal(r.frames[0].linktype, linktypes[i]);
	}
}

/* Two different interfaces, every kind of packet block, and blocks to skip. */
static void put_mixed_section(struct bytes *b)
{
	put_section(b, 1);
	put_other(b, CUSTOM, "whatever");
	put_interface(b, LINKTYPE_ETHERNET, 6, -1, 0);
	put_interface(b, LT_SLL, 0, 9, -3);
	put_enhanced(b, 1, 10 * S_NS + 1, "one", 60);
	put_enhanced(b, 0, 5000001, "two two", 7);
	put_other(b, ISB, "statistics..");
	put_simple(b, "three!", 1000);
	put_obsolete(b, 1, 4 * S_NS, "four", 4);
	put_other(b, 0x7fffffff, "");
}

static void check_mixed_section(const struct reading *r, unsigned int first)
{
	check_frame(r, first, "one", 60, 7 * S_NS + 1, LT_SLL);
	check_frame(r, first + 1, "two two", 7, 5 * S_NS + 1000, LINKTYPE_ETHERNET);
	check_frame(r, first + 2, "three!", 1000, 0, LINKTYPE_ETHERNET);
	check_frame(r, first + 3, "four", 4, S_NS, LT_SLL);
}

/* The second section has the other byte order and its own interfaces. */
static void test_pcapng_sections(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct bytes b = {.big = big};
		struct reading r;

		put_mixed_section(&b);
		b.big = !big;
		put_mixed_section(&b);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.open_err, 0);
		assert_int_equal(r.err, 0);
		assert_int_equal(r.n, 8);
		assert_int_equal(r.linktype, -1);
		assert_int_equal(r.position_bytes, b.n);
		check_mixed_section(&r, 0);
		check_mixed_section(&r, 4);
	}
}

static const struct {
	int tsresol; /* -1: no such option */
	__s64 offset_s;
	__u64 ticks;
	__u64 timestamp_ns;
} timestamp_rows[] = {
	{-1, 0, 1234567, 1234567000},
	{6, 0, 1700000000123456, 1700000000123456000},
	{9, 0, 0xffffffffffffffff, 0xffffffffffffffff},
	{0, 0, 1700000000, 1700000000000000000},
	{3, 0, 1700000000123, 1700000000123000000},
	{12, 0, 1234567, 1234},
	{28, 0, 0xffffffffffffffff, 1},
	{29, 0, 0xffffffffffffffff, 0},
	{127, 0, 0xffffffffffffffff, 0},
	{0x80, 0, 3, 3000000000},
	{0x80 | 1, 0, 3, 1500000000},
	{0x80 | 32, 0, 0x180000000, 1500000000},
	{0x80 | 63, 0, 0xffffffffffffffff, 1999999999},
	{0x80 | 127, 0, 0xffffffffffffffff, 0},
	{9, 5, 1, 5000000001},
	{9, -5, 7000000001, 2000000001},
	{9, -5, 1, 0},
	{9, INT64_MIN, 0xffffffffffffffff, 0},
	{9, INT64_MAX, 1, 0xffffffffffffffff},
	{0, 0, 0xffffffffffffffff, 0xffffffffffffffff},
	{0x80, INT64_MAX, 0xffffffffffffffff, 0xffffffffffffffff},
};

static void test_pcapng_timestamps(void **state)
{
	struct reading r;

	for (size_t i = 0; i < COUNT_OF(timestamp_rows); i++) {
		struct bytes b = {.big = i % 2};

		put_section(&b, 1);
		put_interface(&b, LT_RAW, 0, timestamp_rows[i].tsresol, timestamp_rows[i].offset_s);
		put_enhanced(&b, 0, timestamp_rows[i].ticks, "x", 1);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.n, 1);
		check_frame(&r, 0, "x", 1, timestamp_rows[i].timestamp_ns, LT_RAW);
	}
}

/* The format is detected from the contents, not from the name. */
static void test_name_is_ignored(void **state)
{
	struct scratch *scratch = *state;
	struct bytes b = {};
	struct reading r;

	put_mixed_section(&b);
	read_bytes(scratch, &b, &r);
	assert_int_equal(r.n, 4);

	scratch__name(scratch, "x.pcapng");
	b.n = 0;
	put_pcap_header(&b, 0xa1b2c3d4, LINKTYPE_ETHERNET);
	put_pcap_frame(&b, 1, 2, "a frame", 7);
	read_bytes(scratch, &b, &r);
	assert_int_equal(r.n, 1);
}

/*
 * The first bytes arrive one by one, so that the magic is pushed back into a stream that cannot
 * seek. If the writer is faster than the reader, this is an ordinary pipe.
 */
static void read_through_pipe(const struct bytes *b, struct reading *r)
{
	char path[32];
	int fds[2], status;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		for (size_t i = 0; i < b->n; i++) {
			if (write(fds[1], b->data + i, 1) != 1)
				_exit(1);
			if (i < 6)
				usleep(2000);
		}
		_exit(0);
	}
	close(fds[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	read_path(path, r);
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_pipe(void **state)
{
	struct bytes b = {};
	struct reading r;

	(void)state;
	put_pcap_header(&b, 0xa1b2c3d4, LT_RAW);
	put_pcap_frame(&b, 1, 2, "one", 3);
	put_pcap_frame(&b, 3, 4, "twenty", 20);
	read_through_pipe(&b, &r);
	assert_int_equal(r.open_err, 0);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.n, 2);
	check_frame(&r, 0, "one", 3, S_NS + 2000, LT_RAW);
	check_frame(&r, 1, "twenty", 20, 3 * S_NS + 4000, LT_RAW);
	assert_int_equal(r.position_bytes, 9);

	b.n = 0;
	put_mixed_section(&b);
	read_through_pipe(&b, &r);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.n, 4);
	check_mixed_section(&r, 0);
}

/* Captures that other readers refuse or misread. */
static const struct corpus_row {
	const char *name;
	unsigned int ethernet, other;
	const char *text; /* of the final error */
} corpus_rows[] = {
	{"d021_*.pcapng", 17, 0, ""},
	{"d022_*.pcapng", 62, 2, ""},
	{"d027_*.pcap", 6, 0, "frame 7: 4325376 bytes captured, above the maximum of 262144"},
	{"d030_*.pcap", 1, 0, ""},
};

static void check_corpus(const char *path, const struct corpus_row *row)
{
	unsigned int ethernet = 0, other = 0;
	struct capture_frame frame;
	struct errmsg why = {};
	struct capture *capture;
	int got;

	assert_int_equal(capture__open(path, &capture, &why), 0);
	while ((got = capture__next(capture, &frame, &why)) == 1)
		*(frame.linktype == LINKTYPE_ETHERNET ? &ethernet : &other) += 1;
	assert_int_equal(got, row->text[0] ? -EBADMSG : 0);
	assert_non_null(strstr(why.text, row->text));
	assert_int_equal(ethernet, row->ethernet);
	assert_int_equal(other, row->other);
	capture__close(capture);
}

static void test_corpus(void **state)
{
	unsigned int checked = 0;
	glob_t found;

	(void)state;
	if (!find_captures(&found))
		skip();
	for (size_t i = 0; i < found.gl_pathc; i++)
		for (size_t row = 0; row < COUNT_OF(corpus_rows); row++)
			if (!fnmatch(corpus_rows[row].name, basename(found.gl_pathv[i]), 0)) {
				check_corpus(found.gl_pathv[i], &corpus_rows[row]);
				checked++;
			}
	assert_int_equal(checked, COUNT_OF(corpus_rows));
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(pcap_variants),
		SCRATCH_TEST(pcap_modified),
		SCRATCH_TEST(pcap_small_snaplen),
		SCRATCH_TEST(pcap_versions),
		SCRATCH_TEST(pcap_linktypes),
		SCRATCH_TEST(pcapng_sections),
		SCRATCH_TEST(pcapng_timestamps),
		SCRATCH_TEST(pcapng_long_blocks),
		SCRATCH_TEST(name_is_ignored),
		SCRATCH_TEST(pipe),
		SCRATCH_TEST(corpus),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
