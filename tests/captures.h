// SPDX-License-Identifier: GPL-2.0-only
// captures: build capture files byte by byte, and read them.
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include <linux/types.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/capture/capture.h"
#include "tests/scratch.h"

#define LT_RAW 101
#define S_NS 1000000000ULL

enum { SHB = 0x0a0d0d0a, IDB = 1, PB = 2, SPB = 3, ISB = 5, EPB = 6, CUSTOM = 0xbad };
enum { TSRESOL = 9, TSOFFSET = 14 };

/* A file under construction. */
struct bytes {
	__u8 data[2048];
	size_t n;
	bool big; /* big-endian, from here on */
};

/** put() - append a number in @bytes bytes. */
void put(struct bytes *b, __u64 value, int bytes);

/** put_data() - append raw bytes. */
void put_data(struct bytes *b, const void *data, size_t bytes);

/** pad() - append zeros up to the next multiple of four. */
void pad(struct bytes *b);

/** put_pcap_header() - append the file header of a pcap. */
void put_pcap_header(struct bytes *b, __u32 magic, __u32 linktype);

/** put_pcap_frame() - append a frame of a pcap; @fraction of a second is in the file's unit. */
void put_pcap_frame(struct bytes *b, __u32 s, __u32 fraction, const char *text, __u32 wire);

/** begin_block() - start a pcapng block, its body follows. Return: its start, for end_block(). */
size_t begin_block(struct bytes *b, __u32 type);

/** end_block() - pad the body and set both lengths of the block. */
void end_block(struct bytes *b, size_t start);

/** put_section() - append a section header of version @major.0. */
void put_section(struct bytes *b, __u16 major);

/** put_option() - append an option with a numeric value. */
void put_option(struct bytes *b, __u16 code, __u64 value, __u16 bytes);

/** put_interface() - append an interface description; @tsresol -1, @offset_s 0: no such option. */
void put_interface(struct bytes *b, __u16 linktype, __u32 snaplen, int tsresol, __s64 offset_s);

/** put_enhanced() - append an enhanced packet block. */
void put_enhanced(struct bytes *b, __u32 interface, __u64 ticks, const char *text, __u32 wire);

/** put_obsolete() - append an obsolete packet block. */
void put_obsolete(struct bytes *b, __u16 interface, __u64 ticks, const char *text, __u32 wire);

/** put_simple() - append a simple packet block. */
void put_simple(struct bytes *b, const char *text, __u32 wire);

/** put_other() - append a block of any type with @text as its body. */
void put_other(struct bytes *b, __u32 type, const char *text);

/* The result of reading a file. */
struct reading {
	int open_err;
	int err; /* of the last capture__next() */
	int linktype;
	unsigned int n;
	__u64 position_bytes;
	struct errmsg why;
	struct capture_frame frames[8];
	char texts[8][64];
};

/**
 * find_captures() - the captures in the directory that $XDPCTL_CORPUS names.
 * @found: for globfree(), if there are any
 *
 * Return: false if there are none; the reason is printed.
 */
bool find_captures(glob_t *found);

/** read_path() - read a capture to its end or first error. */
void read_path(const char *path, struct reading *r);

/** read_bytes() - store the built file at the path of @scratch, and read it. */
void read_bytes(const struct scratch *scratch, const struct bytes *b, struct reading *r);

/** check_frame() - fail unless frame @i, from 0, is this one. */
void check_frame(const struct reading *r, unsigned int i, const char *text, __u32 wire,
		 __u64 timestamp_ns, int linktype);

#endif
