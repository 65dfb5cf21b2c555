// SPDX-License-Identifier: GPL-2.0-only
// captures: build capture files byte by byte, and read them.
#include "tests/captures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void put(struct bytes *b, __u64 value, int bytes)
{
	assert_true(b->n + bytes <= sizeof(b->data));
	for (int i = 0; i < bytes; i++)
		b->data[b->n++] = value >> 8 * (b->big ? bytes - 1 - i : i);
}

void put_data(struct bytes *b, const void *data, size_t bytes)
{
	assert_true(b->n + bytes <= sizeof(b->data));
	memcpy(b->data + b->n, data, bytes);
	b->n += bytes;
}

void pad(struct bytes *b)
{
	while (b->n % 4)
		put(b, 0, 1);
}

void put_pcap_header(struct bytes *b, __u32 magic, __u32 linktype)
{
	put(b, magic, 4);
	put(b, 2, 2);
	put(b, 4, 2);
	put(b, 0, 8);
	put(b, 65535, 4);
	put(b, linktype, 4);
}

/* The part after the timestamp, common to both formats. */
static void put_packet(struct bytes *b, const char *text, __u32 wire)
{
	put(b, strlen(text), 4);
	put(b, wire, 4);
	put_data(b, text, strlen(text));
}

void put_pcap_frame(struct bytes *b, __u32 s, __u32 fraction, const char *text, __u32 wire)
{
	put(b, s, 4);
	put(b, fraction, 4);
	put_packet(b, text, wire);
}

size_t begin_block(struct bytes *b, __u32 type)
{
	size_t start = b->n;

	put(b, type, 4);
	put(b, 0, 4);
	return start;
}

void end_block(struct bytes *b, size_t start)
{
	size_t end;

	pad(b);
	put(b, b->n + 4 - start, 4);
	end = b->n;
	b->n = start + 4;
	put(b, end - start, 4);
	b->n = end;
}

void put_section(struct bytes *b, __u16 major)
{
	size_t start = begin_block(b, SHB);

	put(b, 0x1a2b3c4d, 4);
	put(b, major, 2);
	put(b, 0, 2);
	put(b, -1, 8);
	end_block(b, start);
}

void put_option(struct bytes *b, __u16 code, __u64 value, __u16 bytes)
{
	put(b, code, 2);
	put(b, bytes, 2);
	put(b, value, bytes);
	pad(b);
}

void put_interface(struct bytes *b, __u16 linktype, __u32 snaplen, int tsresol, __s64 offset_s)
{
	size_t start = begin_block(b, IDB);

	put(b, linktype, 2);
	put(b, 0, 2);
	put(b, snaplen, 4);
	put_option(b, 2, 0x65746830, 4); /* if_name, which is ignored */
	if (tsresol >= 0)
		put_option(b, TSRESOL, tsresol, 1);
	if (offset_s)
		put_option(b, TSOFFSET, offset_s, 8);
	put(b, 0, 4);
	end_block(b, start);
}

/* The part after the interface, common to the enhanced and the obsolete block. */
static void put_timed(struct bytes *b, __u64 ticks, const char *text, __u32 wire)
{
	put(b, ticks >> 32, 4);
	put(b, ticks & 0xffffffff, 4);
	put_packet(b, text, wire);
	pad(b);
}

void put_enhanced(struct bytes *b, __u32 interface, __u64 ticks, const char *text, __u32 wire)
{
	size_t start = begin_block(b, EPB);

	put(b, interface, 4);
	put_timed(b, ticks, text, wire);
	put_option(b, 1, 0x21, 1); /* a comment */
	put(b, 0, 4);
	end_block(b, start);
}

void put_obsolete(struct bytes *b, __u16 interface, __u64 ticks, const char *text, __u32 wire)
{
	size_t start = begin_block(b, PB);

	put(b, interface, 2);
	put(b, 0xffff, 2); /* drops */
	put_timed(b, ticks, text, wire);
	end_block(b, start);
}

void put_simple(struct bytes *b, const char *text, __u32 wire)
{
	size_t start = begin_block(b, SPB);

	put(b, wire, 4);
	put_data(b, text, strlen(text));
	end_block(b, start);
}

void put_other(struct bytes *b, __u32 type, const char *text)
{
	size_t start = begin_block(b, type);

	put_data(b, text, strlen(text));
	end_block(b, start);
}

static void keep_frame(struct reading *r, const struct capture_frame *frame)
{
	if (r->n < COUNT_OF(r->frames)) {
		assert_true(frame->captured_bytes < sizeof(r->texts[0]));
		r->frames[r->n] = *frame;
		memcpy(r->texts[r->n], frame->data, frame->captured_bytes);
	}
	r->n++;
}

bool find_captures(glob_t *found)
{
	const char *corpus = getenv("XDPCTL_CORPUS");
	char pattern[512];

	snprintf(pattern, sizeof(pattern), "%s/{*.pcap,*.pcapng}", corpus ?: "");
	if (corpus && !glob(pattern, GLOB_BRACE, NULL, found))
		return true;
	print_message("# skipped: no captures in %s: set XDPCTL_CORPUS to their directory\n",
		      corpus ?: "$XDPCTL_CORPUS");
	return false;
}

void read_path(const char *path, struct reading *r)
{
	struct capture *capture = NULL;
	struct capture_frame frame;

	memset(r, 0, sizeof(*r));
	r->open_err = capture__open(path, &capture, &r->why);
	if (r->open_err) {
		assert_null(capture);
		return;
	}
	r->linktype = capture__linktype(capture);
	while ((r->err = capture__next(capture, &frame, &r->why)) == 1)
		keep_frame(r, &frame);
	r->position_bytes = capture__position_bytes(capture);
	capture__close(capture);
}

void read_bytes(const struct scratch *scratch, const struct bytes *b, struct reading *r)
{
	store(scratch->path, b->data, b->n);
	read_path(scratch->path, r);
}

void check_frame(const struct reading *r, unsigned int i, const char *text, __u32 wire,
		 __u64 timestamp_ns, int linktype)
{
	assert_true(i < r->n);
	assert_string_equal(r->texts[i], text);
	assert_int_equal(r->frames[i].captured_bytes, strlen(text));
	assert_int_equal(r->frames[i].wire_bytes, wire);
	assert_int_equal(r->frames[i].timestamp_ns, timestamp_ns);
	assert_int_equal(r->frames[i].linktype, linktype);
}
