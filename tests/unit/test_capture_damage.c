// SPDX-License-Identifier: GPL-2.0-only
// test_capture_damage: damaged, cut and invalid captures: the frames before the damage, then why.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "tests/captures.h"

static void check_text(const struct reading *r, const struct scratch *scratch, const char *want)
{
	char line[512];

	snprintf(line, sizeof(line), "%s: %s", scratch->path, want);
	assert_string_equal(r->why.text, line);
	assert_int_equal(r->why.exit_code, EXIT_FAILED);
}

/* Kinds of damage to a pcapng; each function appends one after a valid frame. */
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
	put(b, 0xfffffffc, 4);
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

/* In a new section, because the one before has an interface. */
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
	put(b, 17, 4); /* the data, and everything after it */
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
	{damage_short_block, "a block of 8 bytes (must be at least 12, in steps of 4)"},
	{damage_odd_block, "a block of 14 bytes (must be at least 12, in steps of 4)"},
	{damage_huge_block, "the capture is truncated here (wanted 1048572 bytes, 0 are left)"},
	{damage_trailer, "a block of 16 bytes has a trailer of 20"},
	{damage_interface_index, "captured on interface 1, but only 1 are described"},
	{damage_obsolete_index, "captured on interface 65535, but only 1 are described"},
	{damage_no_interface, "captured on interface 0, but only 0 are described"},
	{damage_captured, "17 bytes captured, but its block holds 16"},
	{damage_captured_most, "4294967295 bytes captured, but its block holds 4"},
	{damage_simple_length, "5 bytes captured, but its block holds 4"},
	{damage_short_enhanced, "a block of type 0x6 has a body of 16 bytes, less than 20"},
	{damage_short_interface, "a block of type 0x1 has a body of 4 bytes, less than 8"},
	{damage_option_length, "an interface's option 2 has 5 bytes, its block holds 4"},
	{damage_tsresol, "an interface's option 9 has 0 bytes"},
	{damage_tsoffset, "an interface's option 14 has 4 bytes"},
	{damage_byte_order, "a section header without a byte-order magic"},
	{damage_version, "pcapng version 2.0 is not supported"},
};

static void test_pcapng_damage(void **state)
{
	for (size_t i = 0; i < 2 * COUNT_OF(damage_rows); i++) {
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

/* Interfaces take memory, so their number is limited. */
static void test_pcapng_interfaces(void **state)
{
	const struct scratch *scratch = *state;
	struct bytes head = {}, interface = {};
	struct reading r;
	FILE *file = fopen(scratch->path, "w");

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
	read_path(scratch->path, &r);
	assert_int_equal(r.n, 1);
	check_frame(&r, 0, "last", 4, 3, LINKTYPE_ETHERNET);
	assert_int_equal(r.err, -E2BIG);
	check_text(&r, scratch, "frame 2: more than 65536 interfaces");
}

/*
 * Cuts a capture after each of its bytes. ends[] are the offsets where a cut is not an error, with
 * the number of frames before each; the first is the end of the header that open reads.
 */
static void cut_everywhere(const struct scratch *scratch, const struct bytes *b, const size_t *ends,
			   const unsigned int *frames, size_t n)
{
	size_t next = 0;
	struct reading r;
	char prefix[160];

	for (size_t cut = 0; cut <= b->n; cut++) {
		store(scratch->path, b->data, cut);
		read_path(scratch->path, &r);
		if (cut < ends[0]) {
			snprintf(prefix, sizeof(prefix), "%s: ", scratch->path);
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
		snprintf(prefix, sizeof(prefix), "%s: frame %u: ", scratch->path, r.n + 1);
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
	cut_everywhere(*state, &b, ends, frames, COUNT_OF(ends));
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
	cut_everywhere(*state, &b, ends, frames, COUNT_OF(ends));
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
		   "frame 2: the capture is truncated here (wanted 10 bytes, 7 are left)");

	b.n = 0;
	put_section(&b, 1);
	b.n -= 1;
	read_bytes(*state, &b, &r);
	assert_int_equal(r.open_err, -EBADMSG);
	check_text(&r, *state, "the capture is truncated here (wanted 16 bytes, 15 are left)");

	b.n = 0;
	put_section(&b, 1);
	put(&b, IDB, 4);
	read_bytes(*state, &b, &r);
	assert_int_equal(r.err, -EBADMSG);
	check_text(&r, *state,
		   "frame 1: the capture is truncated here (wanted 12 bytes, 4 are left)");
}

/* After damage every further read fails with the same reason, and returns no frame. */
static void test_damage_is_final(void **state)
{
	const struct scratch *scratch = *state;
	struct capture_frame frame = {.captured_bytes = 77};
	struct errmsg first = {}, second = {};
	struct capture *capture = NULL;
	struct bytes b = {};

	put_section(&b, 1);
	put_simple(&b, "no interface", 12);
	put_interface(&b, LINKTYPE_ETHERNET, 0, 9, 0);
	put_enhanced(&b, 0, 1, "late", 4);
	store(scratch->path, b.data, b.n);
	assert_int_equal(capture__open(scratch->path, &capture, NULL), 0);
	assert_int_equal(capture__next(capture, &frame, &first), -EBADMSG);
	assert_int_equal(capture__next(capture, &frame, NULL), -EBADMSG);
	assert_int_equal(capture__next(capture, &frame, &second), -EBADMSG);
	assert_string_equal(first.text, second.text);
	assert_int_equal(frame.captured_bytes, 77);
	capture__close(capture);
}

static void check_refused(const struct scratch *scratch, const void *data, size_t bytes, int err,
			  const char *want)
{
	struct reading r;

	store(scratch->path, data, bytes);
	read_path(scratch->path, &r);
	assert_int_equal(r.open_err, err);
	check_text(&r, scratch, want);
}

static void test_not_a_capture(void **state)
{
	check_refused(*state, "", 0, -EBADMSG, "not a capture (pcap or pcapng), but an empty file");
	check_refused(*state, "\xd4", 1, -EBADMSG,
		      "not a capture (pcap or pcapng), but unknown data");
	check_refused(*state, "\n\r\r", 3, -EBADMSG, "not a capture (pcap or pcapng), but text");
	check_refused(*state, "just some text\n", 15, -EBADMSG,
		      "not a capture (pcap or pcapng), but text");
	check_refused(*state,
		      "\x7f"
		      "ELF\2\1",
		      6, -EBADMSG, "not a capture (pcap or pcapng), but an ELF file");
	check_refused(*state, "\n\r\r\njust some text", 18, -EBADMSG,
		      "a section header without a byte-order magic");
}

static void test_cannot_open(void **state)
{
	struct scratch *scratch = *state;
	struct reading r;

	read_path(scratch->path, &r);
	assert_int_equal(r.open_err, -ENOENT);
	check_text(&r, scratch, "cannot open: No such file or directory");

	/* Root can read any file. */
	if (geteuid()) {
		store(scratch->path, "x", 1);
		chmod(scratch->path, 0);
		read_path(scratch->path, &r);
		assert_int_equal(r.open_err, -EACCES);
		check_text(&r, scratch, "cannot open: Permission denied");
	}

	strcpy(scratch->path, scratch->dir);
	read_path(scratch->path, &r);
	assert_int_equal(r.open_err, -EISDIR);
	check_text(&r, scratch, "cannot open: Is a directory");
	capture__close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(pcapng_damage), SCRATCH_TEST(pcapng_interfaces),
		SCRATCH_TEST(pcap_cut),      SCRATCH_TEST(pcapng_cut),
		SCRATCH_TEST(cut_messages),  SCRATCH_TEST(damage_is_final),
		SCRATCH_TEST(not_a_capture), SCRATCH_TEST(cannot_open),
	};

	return cmocka_run_group_tests_name("capture_damage", tests, NULL, NULL);
}
