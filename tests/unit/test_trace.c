// SPDX-License-Identifier: GPL-2.0-only
// test_trace: captures built byte by byte, read, cut, damaged, and written.
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "linktype.h"
#include "trace.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LT_RAW 101
#define LT_SLL 113
#define S_NS 1000000000ULL

enum { SHB = 0x0a0d0d0a, IDB = 1, PB = 2, SPB = 3, ISB = 5, EPB = 6, CUSTOM = 0xbad };
enum { TSRESOL = 9, TSOFFSET = 14 };

/* A file under construction. */
struct bytes {
	__u8 data[2048];
	size_t n;
	bool big; /* endian, from here on */
};

static void put(struct bytes *b, __u64 value, int bytes)
{
	assert_true(b->n + bytes <= sizeof(b->data));
	for (int i = 0; i < bytes; i++)
		b->data[b->n++] = value >> 8 * (b->big ? bytes - 1 - i : i);
}

static void put_data(struct bytes *b, const void *data, size_t bytes)
{
	assert_true(b->n + bytes <= sizeof(b->data));
	memcpy(b->data + b->n, data, bytes);
	b->n += bytes;
}

static void pad(struct bytes *b)
{
	while (b->n % 4)
		put(b, 0, 1);
}

static void put_pcap_header(struct bytes *b, __u32 magic, __u32 linktype)
{
	put(b, magic, 4);
	put(b, 2, 2);
	put(b, 4, 2);
	put(b, 0, 8);
	put(b, 65535, 4);
	put(b, linktype, 4);
}

static void put_pcap_frame(struct bytes *b, __u32 s, __u32 fraction, const char *text, __u32 wire)
{
	put(b, s, 4);
	put(b, fraction, 4);
	put(b, strlen(text), 4);
	put(b, wire, 4);
	put_data(b, text, strlen(text));
}

/* A block is begun, its body put, and its two lengths filled in at the end. */
static size_t begin_block(struct bytes *b, __u32 type)
{
	size_t start = b->n;

	put(b, type, 4);
	put(b, 0, 4);
	return start;
}

static void end_block(struct bytes *b, size_t start)
{
	size_t end;

	pad(b);
	put(b, b->n + 4 - start, 4);
	end = b->n;
	b->n = start + 4;
	put(b, end - start, 4);
	b->n = end;
}

static void put_section(struct bytes *b, __u16 major)
{
	size_t start = begin_block(b, SHB);

	put(b, 0x1a2b3c4d, 4);
	put(b, major, 2);
	put(b, 0, 2);
	put(b, -1, 8);
	end_block(b, start);
}

static void put_option(struct bytes *b, __u16 code, __u64 value, __u16 bytes)
{
	put(b, code, 2);
	put(b, bytes, 2);
	put(b, value, bytes);
	pad(b);
}

static void put_interface(struct bytes *b, __u16 linktype, __u32 snaplen, int tsresol,
			  __s64 offset_s)
{
	size_t start = begin_block(b, IDB);

	put(b, linktype, 2);
	put(b, 0, 2);
	put(b, snaplen, 4);
	put_option(b, 2, 0x65746830, 4); /* if_name, which is of no interest */
	if (tsresol >= 0)
		put_option(b, TSRESOL, tsresol, 1);
	if (offset_s)
		put_option(b, TSOFFSET, offset_s, 8);
	put(b, 0, 4);
	end_block(b, start);
}

static void put_enhanced(struct bytes *b, __u32 interface, __u64 ticks, const char *text,
			 __u32 wire)
{
	size_t start = begin_block(b, EPB);

	put(b, interface, 4);
	put(b, ticks >> 32, 4);
	put(b, ticks & 0xffffffff, 4);
	put(b, strlen(text), 4);
	put(b, wire, 4);
	put_data(b, text, strlen(text));
	pad(b);
	put_option(b, 1, 0x21, 1); /* a comment */
	put(b, 0, 4);
	end_block(b, start);
}

static void put_obsolete(struct bytes *b, __u16 interface, __u64 ticks, const char *text,
			 __u32 wire)
{
	size_t start = begin_block(b, PB);

	put(b, interface, 2);
	put(b, 0xffff, 2); /* drops */
	put(b, ticks >> 32, 4);
	put(b, ticks & 0xffffffff, 4);
	put(b, strlen(text), 4);
	put(b, wire, 4);
	put_data(b, text, strlen(text));
	end_block(b, start);
}

static void put_simple(struct bytes *b, const char *text, __u32 wire)
{
	size_t start = begin_block(b, SPB);

	put(b, wire, 4);
	put_data(b, text, strlen(text));
	end_block(b, start);
}

static void put_other(struct bytes *b, __u32 type, const char *text)
{
	size_t start = begin_block(b, type);

	put_data(b, text, strlen(text));
	end_block(b, start);
}

/* Every test has a directory of its own. */
struct place {
	char dir[64];
	char path[96];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	strcpy(place->dir, "/tmp/test_trace.XXXXXX");
	if (!mkdtemp(place->dir)) {
		free(place);
		return -1;
	}
	snprintf(place->path, sizeof(place->path), "%s/x.pcap", place->dir);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;
	char pattern[96];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/*", place->dir);
	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	rmdir(place->dir);
	free(place);
	return 0;
}

static void store(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

/* All that a file gives. */
struct reading {
	int open_err;
	int err; /* of the call that ended it */
	int linktype;
	unsigned int n;
	__u64 position_bytes;
	struct errmsg why;
	struct trace_frame frames[8];
	char texts[8][64];
};

static void keep_frame(struct reading *r, const struct trace_frame *frame)
{
	if (r->n < N_OF(r->frames)) {
		assert_true(frame->captured_bytes < sizeof(r->texts[0]));
		r->frames[r->n] = *frame;
		memcpy(r->texts[r->n], frame->data, frame->captured_bytes);
	}
	r->n++;
}

static void read_path(const char *path, struct reading *r)
{
	struct trace *trace = NULL;
	struct trace_frame frame;

	memset(r, 0, sizeof(*r));
	r->open_err = trace__open(path, &trace, &r->why);
	if (r->open_err) {
		assert_null(trace);
		return;
	}
	r->linktype = trace__linktype(trace);
	while ((r->err = trace__next(trace, &frame, &r->why)) == 1)
		keep_frame(r, &frame);
	r->position_bytes = trace__position_bytes(trace);
	trace__close(trace);
}

static void read_bytes(const struct place *place, const struct bytes *b, struct reading *r)
{
	store(place->path, b->data, b->n);
	read_path(place->path, r);
}

static void check_frame(const struct reading *r, unsigned int i, const char *text, __u32 wire,
			__u64 timestamp_ns, int linktype)
{
	assert_true(i < r->n);
	assert_string_equal(r->texts[i], text);
	assert_int_equal(r->frames[i].captured_bytes, strlen(text));
	assert_int_equal(r->frames[i].wire_bytes, wire);
	assert_int_equal(r->frames[i].timestamp_ns, timestamp_ns);
	assert_int_equal(r->frames[i].linktype, linktype);
}

static void check_text(const struct reading *r, const struct place *place, const char *want)
{
	char line[512];

	snprintf(line, sizeof(line), "%s: %s", place->path, want);
	assert_string_equal(r->why.text, line);
	assert_int_equal(r->why.exit_code, EXIT_FAILED);
}

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

	for (size_t i = 0; i < N_OF(rows); i++) {
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

/* Alexey Kuznetsov's: each record's header has eight bytes more. */
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

/* libpcap numbers a few types in its own way; what comes out is the number in the file. */
static void test_pcap_linktypes(void **state)
{
	static const __u16 linktypes[] = {0, 1, 9, 50, 100, 101, 102, 103, 106, 108, 113, 228, 276};
	struct reading r;

	for (size_t i = 0; i < N_OF(linktypes); i++) {
		struct bytes b = {};

		put_pcap_header(&b, 0xa1b2c3d4, linktypes[i]);
		put_pcap_frame(&b, 1, 0, "E a frame of twenty bytes or more", 60);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.n, 1);
		assert_int_equal(r.linktype, linktypes[i]);
		assert_int_equal(r.frames[0].linktype, linktypes[i]);
	}
}

/* Two interfaces that differ in everything, every kind of packet block, and blocks to skip. */
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

/* The second section starts anew: other byte order, no interface of the first. */
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

	for (size_t i = 0; i < N_OF(timestamp_rows); i++) {
		struct bytes b = {.big = i % 2};

		put_section(&b, 1);
		put_interface(&b, LT_RAW, 0, timestamp_rows[i].tsresol, timestamp_rows[i].offset_s);
		put_enhanced(&b, 0, timestamp_rows[i].ticks, "x", 1);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.n, 1);
		check_frame(&r, 0, "x", 1, timestamp_rows[i].timestamp_ns, LT_RAW);
	}
}

/* What can be wrong with a pcapng; each function puts it behind one good frame. */
static void damage_short_block(struct bytes *b)
{
	put(b, EPB, 4);
	put(b, 8, 4);
	put(b, 8, 4);
}

static void damage_odd_block(struct bytes *b)
{
	put(b, CUSTOM, 4);
	put(b, 14, 4);
	put(b, 0, 2);
	put(b, 14, 4);
	pad(b);
}

static void damage_huge_block(struct bytes *b)
{
	put(b, CUSTOM, 4);
	put(b, (16 << 20) + (64 << 10) + 4, 4);
	put(b, 0, 4);
}

static void damage_largest_block(struct bytes *b)
{
	put(b, CUSTOM, 4);
	put(b, (16 << 20) + (64 << 10), 4);
	put(b, 0, 4);
}

static void damage_trailer(struct bytes *b)
{
	put_other(b, CUSTOM, "abcd");
	b->n -= 4;
	put(b, 20, 4);
}

static void damage_interface_index(struct bytes *b)
{
	put_enhanced(b, 1, 0, "x", 1);
}

static void damage_obsolete_index(struct bytes *b)
{
	put_obsolete(b, 0xffff, 0, "x", 1);
}

/* In a section of its own, because the one in front has an interface. */
static void damage_no_interface(struct bytes *b)
{
	put_section(b, 1);
	put_simple(b, "x", 1);
}

static void damage_captured(struct bytes *b)
{
	size_t start = b->n;

	put_enhanced(b, 0, 0, "abcd", 4);
	b->n = start + 20;
	put(b, 17, 4); /* the data, and all that is behind it */
	b->n = start + 48;
}

static void damage_captured_most(struct bytes *b)
{
	size_t start = b->n;

	put_obsolete(b, 0, 0, "abcd", 4);
	b->n = start + 20;
	put(b, 0xffffffff, 4);
	b->n = start + 36;
}

static void damage_simple_length(struct bytes *b)
{
	put_simple(b, "abcd", 5);
}

static void damage_short_enhanced(struct bytes *b)
{
	put_other(b, EPB, "sixteen bytes in");
}

static void damage_short_interface(struct bytes *b)
{
	put_other(b, IDB, "four");
}

static void damage_option_length(struct bytes *b)
{
	size_t start = begin_block(b, IDB);

	put(b, LINKTYPE_ETHERNET, 8);
	put(b, 2, 2);
	put(b, 5, 2);
	put(b, 0, 4);
	end_block(b, start);
}

static void damage_tsresol(struct bytes *b)
{
	size_t start = begin_block(b, IDB);

	put(b, LINKTYPE_ETHERNET, 8);
	put_option(b, TSRESOL, 0, 0);
	end_block(b, start);
}

static void damage_tsoffset(struct bytes *b)
{
	size_t start = begin_block(b, IDB);

	put(b, LINKTYPE_ETHERNET, 8);
	put_option(b, TSOFFSET, 0, 4);
	end_block(b, start);
}

static void damage_byte_order(struct bytes *b)
{
	put_other(b, SHB, "sixteen bytes in");
}

static void damage_version(struct bytes *b)
{
	put_section(b, 2);
}

static const struct {
	void (*put)(struct bytes *b);
	const char *text;
} damage_rows[] = {
	{damage_short_block, "a block of 8 bytes (must be 12 to 16842752, in steps of 4)"},
	{damage_odd_block, "a block of 14 bytes (must be 12 to 16842752, in steps of 4)"},
	{damage_huge_block, "a block of 16842756 bytes (must be 12 to 16842752, in steps of 4)"},
	{damage_largest_block,
	 "the capture is cut short here (wanted 16842752 bytes, 12 are left)"},
	{damage_trailer, "a block says in front that it has 16 bytes, and behind 20"},
	{damage_interface_index, "seen on interface 1, but only 1 are described"},
	{damage_obsolete_index, "seen on interface 65535, but only 1 are described"},
	{damage_no_interface, "seen on interface 0, but only 0 are described"},
	{damage_captured, "17 bytes captured, but its block holds 16"},
	{damage_captured_most, "4294967295 bytes captured, but its block holds 4"},
	{damage_simple_length, "5 bytes captured, but its block holds 4"},
	{damage_short_enhanced, "a block of type 0x6 with 16 bytes inside (wants 20)"},
	{damage_short_interface, "a block of type 0x1 with 4 bytes inside (wants 8)"},
	{damage_option_length, "an interface's option 2 has 5 bytes, its block holds 4"},
	{damage_tsresol, "an interface's option 9 has 0 bytes"},
	{damage_tsoffset, "an interface's option 14 has 4 bytes"},
	{damage_byte_order, "a section header without a byte-order magic"},
	{damage_version, "pcapng version 2.0 is not supported"},
};

static void test_pcapng_damage(void **state)
{

	for (size_t i = 0; i < 2 * N_OF(damage_rows); i++) {
		struct bytes b = {.big = i % 2};
		struct reading r;
		char text[256];

		put_section(&b, 1);
		put_interface(&b, LINKTYPE_ETHERNET, 0, 9, 0);
		put_enhanced(&b, 0, 42, "good", 4);
		damage_rows[i / 2].put(&b);
		read_bytes(*state, &b, &r);
		assert_int_equal(r.open_err, 0);
		assert_true(r.err < 0);
		assert_int_equal(r.n, 1);
		check_frame(&r, 0, "good", 4, 42, LINKTYPE_ETHERNET);
		snprintf(text, sizeof(text), "frame 2: %s", damage_rows[i / 2].text);
		check_text(&r, *state, text);
	}
}

/* Each interface takes memory, and a file can describe any number. */
static void test_pcapng_interfaces(void **state)
{
	const struct place *place = *state;
	struct bytes head = {}, interface = {};
	struct reading r;
	FILE *file = fopen(place->path, "w");

	assert_non_null(file);
	put_section(&head, 1);
	fwrite(head.data, 1, head.n, file);
	put_interface(&interface, LINKTYPE_ETHERNET, 0, 9, 0);
	for (int i = 0; i < 65536; i++)
		fwrite(interface.data, 1, interface.n, file);
	head.n = 0;
	put_enhanced(&head, 65535, 3, "last", 4);
	fwrite(head.data, 1, head.n, file);
	fwrite(interface.data, 1, interface.n, file);
	assert_int_equal(fclose(file), 0);
	read_path(place->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "last", 4, 3, LINKTYPE_ETHERNET);
	assert_int_equal(r.err, -E2BIG);
	check_text(&r, place, "frame 2: more than 65536 interfaces");
}

/*
 * Cut a capture behind every one of its bytes. ends[] are the places where a cut does not show,
 * with the number of frames before each; the first is the end of what open needs.
 */
static void cut_everywhere(const struct place *place, const struct bytes *b, const size_t *ends,
			   const unsigned int *frames, size_t n)
{
	size_t next = 0;
	struct reading r;
	char prefix[160];

	for (size_t cut = 0; cut <= b->n; cut++) {
		store(place->path, b->data, cut);
		read_path(place->path, &r);
		if (cut < ends[0]) {
			snprintf(prefix, sizeof(prefix), "%s: ", place->path);
			assert_true(r.open_err < 0);
			assert_memory_equal(r.why.text, prefix, strlen(prefix));
			continue;
		}
		if (next + 1 < n && cut == ends[next + 1])
			next++;
		assert_int_equal(r.open_err, 0);
		assert_int_equal(r.n, frames[next]);
		if (cut == ends[next]) {
			assert_int_equal(r.err, 0);
			continue;
		}
		assert_int_equal(r.err, -EBADMSG);
		snprintf(prefix, sizeof(prefix), "%s: frame %u: ", place->path, r.n + 1);
		assert_memory_equal(r.why.text, prefix, strlen(prefix));
	}
}

static void test_pcap_cut(void **state)
{
	static const unsigned int frames[] = {0, 1, 2, 3};
	struct bytes b = {};
	size_t ends[4];

	put_pcap_header(&b, 0xa1b23c4d, LINKTYPE_ETHERNET);
	ends[0] = b.n;
	put_pcap_frame(&b, 1, 2, "one", 3);
	ends[1] = b.n;
	put_pcap_frame(&b, 1, 2, "", 3);
	ends[2] = b.n;
	put_pcap_frame(&b, 1, 2, "the third", 9);
	ends[3] = b.n;
	cut_everywhere(*state, &b, ends, frames, N_OF(ends));
}

static void test_pcapng_cut(void **state)
{
	static const unsigned int frames[] = {0, 0, 0, 1, 2, 2, 2, 3};
	struct bytes b = {.big = true};
	size_t ends[8];

	put_section(&b, 1);
	ends[0] = b.n;
	put_interface(&b, LINKTYPE_ETHERNET, 3, 9, 4);
	ends[1] = b.n;
	put_other(&b, CUSTOM, "skipped");
	ends[2] = b.n;
	put_enhanced(&b, 0, 1, "one", 3);
	ends[3] = b.n;
	put_simple(&b, "two", 9);
	ends[4] = b.n;
	b.big = false;
	put_section(&b, 1);
	ends[5] = b.n;
	put_interface(&b, LT_RAW, 0, -1, 0);
	ends[6] = b.n;
	put_obsolete(&b, 0, 1, "three", 5);
	ends[7] = b.n;
	cut_everywhere(*state, &b, ends, frames, N_OF(ends));
}

static void test_cut_messages(void **state)
{
	struct bytes b = {};
	struct reading r;

	put_pcap_header(&b, 0xa1b2c3d4, LINKTYPE_ETHERNET);
	put_pcap_frame(&b, 1, 2, "whole", 5);
	put_pcap_frame(&b, 1, 2, "incomplete", 10);
	b.n -= 3;
	read_bytes(*state, &b, &r);
	assert_int_equal(r.n, 1);
	check_text(&r, *state,
		   "frame 2: truncated dump file; tried to read 10 captured bytes, only got 7");

	b.n = 0;
	put_section(&b, 1);
	b.n -= 1;
	read_bytes(*state, &b, &r);
	assert_int_equal(r.open_err, -EBADMSG);
	check_text(&r, *state, "the capture is cut short here (wanted 28 bytes, 27 are left)");

	b.n = 0;
	put_section(&b, 1);
	put(&b, IDB, 4);
	read_bytes(*state, &b, &r);
	assert_int_equal(r.err, -EBADMSG);
	check_text(&r, *state,
		   "frame 1: the capture is cut short here (wanted 12 bytes, 4 are left)");
}

/* Once out of step, always out of step: the reason stays and no frame is made up. */
static void test_damage_is_final(void **state)
{
	const struct place *place = *state;
	struct trace_frame frame = {.captured_bytes = 77};
	struct errmsg first = {}, second = {};
	struct trace *trace = NULL;
	struct bytes b = {};

	put_section(&b, 1);
	put_simple(&b, "no interface", 12);
	put_interface(&b, LINKTYPE_ETHERNET, 0, 9, 0);
	put_enhanced(&b, 0, 1, "late", 4);
	store(place->path, b.data, b.n);
	assert_int_equal(trace__open(place->path, &trace, NULL), 0);
	assert_int_equal(trace__next(trace, &frame, &first), -EBADMSG);
	assert_int_equal(trace__next(trace, &frame, NULL), -EBADMSG);
	assert_int_equal(trace__next(trace, &frame, &second), -EBADMSG);
	assert_string_equal(first.text, second.text);
	assert_int_equal(frame.captured_bytes, 77);
	trace__close(trace);
}

static void check_refused(const struct place *place, const void *data, size_t bytes, int err,
			  const char *want)
{
	struct reading r;

	store(place->path, data, bytes);
	read_path(place->path, &r);
	assert_int_equal(r.open_err, err);
	check_text(&r, place, want);
}

static void test_not_a_capture(void **state)
{
	check_refused(*state, "", 0, -EBADMSG, "is empty: not a capture");
	check_refused(*state, "\xd4", 1, -EBADMSG, "neither pcap nor pcapng");
	check_refused(*state, "\n\r\r", 3, -EBADMSG, "neither pcap nor pcapng");
	check_refused(*state, "just some text\n", 15, -EBADMSG, "neither pcap nor pcapng");
	check_refused(*state, "\n\r\r\njust some text", 18, -EBADMSG,
		      "a section header without a byte-order magic");
}

static void test_cannot_open(void **state)
{
	struct place *place = *state;
	struct reading r;

	read_path(place->path, &r);
	assert_int_equal(r.open_err, -ENOENT);
	check_text(&r, place, "cannot open: No such file or directory");

	/* Root may read everything. */
	if (geteuid()) {
		store(place->path, "x", 1);
		chmod(place->path, 0);
		read_path(place->path, &r);
		assert_int_equal(r.open_err, -EACCES);
		check_text(&r, place, "cannot open: Permission denied");
	}

	strcpy(place->path, place->dir);
	read_path(place->path, &r);
	assert_int_equal(r.open_err, -EISDIR);
	check_text(&r, place, "cannot read: Is a directory");
	trace__close(NULL);
}

/* The name lies on purpose. */
static void test_name_is_not_asked(void **state)
{
	struct place *place = *state;
	struct bytes b = {};
	struct reading r;

	put_mixed_section(&b);
	read_bytes(place, &b, &r);
	assert_int_equal(r.n, 4);

	snprintf(place->path, sizeof(place->path), "%s/x.pcapng", place->dir);
	b.n = 0;
	put_pcap_header(&b, 0xa1b2c3d4, LINKTYPE_ETHERNET);
	put_pcap_frame(&b, 1, 2, "a frame", 7);
	read_bytes(place, &b, &r);
	assert_int_equal(r.n, 1);
}

/*
 * The first bytes come one by one, so that the magic is put back to a stream which has forgotten
 * it; the writer may be faster than the reader, then this is an ordinary pipe.
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

#define N_WRITTEN 70000
#define LONGEST 262144

/* Mostly small frames of every length from 0, and one as long as they come. */
static __u32 written_bytes(unsigned int i)
{
	return i == 1000 ? LONGEST : i % 131;
}

static void write_frames(const char *path, __u8 *data)
{
	struct trace_writer *writer = NULL;
	struct errmsg why = {};

	assert_int_equal(trace_writer__open(path, &writer, &why), 0);
	for (unsigned int i = 0; i < N_WRITTEN; i++) {
		memset(data, i, written_bytes(i) < 131 ? written_bytes(i) : LONGEST);
		assert_int_equal(trace_writer__frame(writer, data, written_bytes(i),
						     written_bytes(i) + i % 3,
						     1700000000 * S_NS + i * 123456789ULL, &why),
				 0);
	}
	assert_int_equal(trace_writer__frame(writer, data, LONGEST + 1, LONGEST + 1, 0, &why),
			 -EMSGSIZE);
	assert_non_null(strstr(why.text, "a frame of 262145 bytes is above 262144"));
	assert_int_equal(trace_writer__close(writer, &why), 0);
}

static void check_written_frame(const struct trace_frame *frame, unsigned int i, __u8 *data)
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
	struct trace_frame frame;
	struct errmsg why = {};
	struct trace *trace;
	__u32 word = 0;
	FILE *file;

	assert_non_null(data);
	write_frames(path, data);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(&word, sizeof(word), 1, file), 1);
	assert_int_equal(word, magic);
	fclose(file);
	assert_int_equal(trace__open(path, &trace, &why), 0);
	assert_int_equal(trace__linktype(trace), linktype);
	for (unsigned int i = 0; i < N_WRITTEN; i++) {
		assert_int_equal(trace__next(trace, &frame, &why), 1);
		check_written_frame(&frame, i, data);
	}
	assert_int_equal(trace__next(trace, &frame, &why), 0);
	assert_int_equal(trace__next(trace, &frame, &why), 0);
	trace__close(trace);
	free(data);
}

static void test_round_trip(void **state)
{
	struct place *place = *state;

	round_trip(place->path, 0xa1b23c4d, LINKTYPE_ETHERNET);
	snprintf(place->path, sizeof(place->path), "%s/x.pcapng", place->dir);
	round_trip(place->path, SHB, -1);
}

/* Seconds of 32 bits in a pcap, nanoseconds of 64 in a pcapng. */
static void test_last_timestamps(void **state)
{
	static const __u64 last_of_pcap = 0xffffffff * S_NS + 999999999;
	struct place *place = *state;
	struct trace_writer *writer;
	struct errmsg why = {};
	struct reading r;

	assert_int_equal(trace_writer__open(place->path, &writer, &why), 0);
	assert_int_equal(trace_writer__frame(writer, "x", 1, 1, last_of_pcap, &why), 0);
	assert_int_equal(trace_writer__frame(writer, "x", 1, 1, last_of_pcap + 1, &why),
			 -EOVERFLOW);
	assert_int_equal(trace_writer__close(writer, &why), 0);
	read_path(place->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "x", 1, last_of_pcap, LINKTYPE_ETHERNET);

	snprintf(place->path, sizeof(place->path), "%s/x.pcapng", place->dir);
	assert_int_equal(trace_writer__open(place->path, &writer, &why), 0);
	assert_int_equal(trace_writer__frame(writer, "x", 1, 1, UINT64_MAX, &why), 0);
	assert_int_equal(trace_writer__close(writer, &why), 0);
	read_path(place->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "x", 1, UINT64_MAX, LINKTYPE_ETHERNET);
}

static void write_to_full(const char *path, unsigned int frames, int want_frame)
{
	struct trace_writer *writer = NULL;
	struct errmsg why = {};
	__u8 frame[1500] = {};
	char line[192];
	int err = 0;

	snprintf(line, sizeof(line), "%s: cannot write: No space left on device", path);
	assert_int_equal(trace_writer__open(path, &writer, &why), 0);
	for (unsigned int i = 0; i < frames && !err; i++)
		err = trace_writer__frame(writer, frame, sizeof(frame), sizeof(frame), i, &why);
	assert_int_equal(err, want_frame);
	if (err) {
		assert_string_equal(why.text, line);
		assert_int_equal(trace_writer__frame(writer, frame, 1, 1, 0, NULL), -ENOSPC);
	}
	why.text[0] = '\0';
	assert_int_equal(trace_writer__close(writer, &why), -ENOSPC);
	assert_string_equal(why.text, line);
}

static void test_disk_full(void **state)
{
	struct place *place = *state;

	write_to_full("/dev/full", 0, 0);
	write_to_full("/dev/full", 1, 0);
	write_to_full("/dev/full", 3000, -ENOSPC);
	snprintf(place->path, sizeof(place->path), "%s/full.pcapng", place->dir);
	assert_int_equal(symlink("/dev/full", place->path), 0);
	write_to_full(place->path, 0, 0);
	write_to_full(place->path, 1, 0);
	write_to_full(place->path, 3000, -ENOSPC);
}

static void test_cannot_create(void **state)
{
	struct place *place = *state;
	struct trace_writer *writer = NULL;
	struct errmsg why = {};
	char line[160];

	snprintf(place->path, sizeof(place->path), "%s/none/x.pcap", place->dir);
	snprintf(line, sizeof(line), "%s: cannot create: No such file or directory", place->path);
	assert_int_equal(trace_writer__open(place->path, &writer, &why), -ENOENT);
	assert_null(writer);
	assert_string_equal(why.text, line);
	assert_int_equal(trace_writer__open(place->dir, &writer, &why), -EISDIR);
	assert_int_equal(trace_writer__close(NULL, &why), 0);
}

/* The captures that other readers refuse or stumble over. */
static const struct corpus_row {
	const char *name;
	unsigned int ethernet, other;
	const char *text; /* of the error that ends it */
} corpus_rows[] = {
	{"d021_*.pcapng", 17, 0, ""},
	{"d022_*.pcapng", 62, 2, ""},
	{"d027_*.pcap", 6, 0,
	 "frame 7: invalid packet capture length 4325376, bigger than snaplen of 262144"},
	{"d030_*.pcap", 1, 0, ""},
};

static void check_corpus(const char *path, const struct corpus_row *row)
{
	unsigned int ethernet = 0, other = 0;
	struct trace_frame frame;
	struct errmsg why = {};
	struct trace *trace;
	int got;

	assert_int_equal(trace__open(path, &trace, &why), 0);
	while ((got = trace__next(trace, &frame, &why)) == 1)
		*(frame.linktype == LINKTYPE_ETHERNET ? &ethernet : &other) += 1;
	assert_int_equal(got, row->text[0] ? -EBADMSG : 0);
	assert_non_null(strstr(why.text, row->text));
	assert_int_equal(ethernet, row->ethernet);
	assert_int_equal(other, row->other);
	trace__close(trace);
}

static void test_corpus(void **state)
{
	const char *corpus = getenv("XDPCTL_CORPUS");

	(void)state;
	if (!corpus || access(corpus, R_OK)) {
		print_message("no captures: XDPCTL_CORPUS does not say where they are\n");
		skip();
	}
	for (size_t i = 0; i < N_OF(corpus_rows); i++) {
		char pattern[512];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/%s", corpus, corpus_rows[i].name);
		assert_int_equal(glob(pattern, 0, NULL, &found), 0);
		check_corpus(found.gl_pathv[0], &corpus_rows[i]);
		globfree(&found);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
		TEST(pcap_variants),
		TEST(pcap_modified),
		TEST(pcap_linktypes),
		TEST(pcapng_sections),
		TEST(pcapng_timestamps),
		TEST(pcapng_damage),
		TEST(pcapng_interfaces),
		TEST(pcap_cut),
		TEST(pcapng_cut),
		TEST(cut_messages),
		TEST(damage_is_final),
		TEST(not_a_capture),
		TEST(cannot_open),
		TEST(name_is_not_asked),
		TEST(pipe),
		TEST(round_trip),
		TEST(disk_full),
		TEST(last_timestamps),
		TEST(cannot_create),
		TEST(corpus),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
