// SPDX-License-Identifier: GPL-2.0-only
// captures: captures built byte by byte, each in a place of its own, and what reading one gives.
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include <linux/types.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/capture/capture.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define LT_RAW 101
#define S_NS 1000000000ULL

enum { SHB = 0x0a0d0d0a, IDB = 1, PB = 2, SPB = 3, ISB = 5, EPB = 6, CUSTOM = 0xbad };
enum { TSRESOL = 9, TSOFFSET = 14 };

/* A file under construction. */
struct bytes {
	__u8 data[2048];
	size_t n;
	bool big; /* endian, from here on */
};

/** put() - append a number of so many bytes. */
void put(struct bytes *b, __u64 value, int bytes);

/** put_data() - append bytes as they are. */
void put_data(struct bytes *b, const void *data, size_t bytes);

/** pad() - append zeros up to the next multiple of four. */
void pad(struct bytes *b);

/** put_pcap_header() - what every pcap begins with. */
void put_pcap_header(struct bytes *b, __u32 magic, __u32 linktype);

/** put_pcap_frame() - a frame of a pcap; @fraction: of a second, in the file's unit. */
void put_pcap_frame(struct bytes *b, __u32 s, __u32 fraction, const char *text, __u32 wire);

/** begin_block() - a block of a pcapng: put its body next. Return: its start, for end_block(). */
size_t begin_block(struct bytes *b, __u32 type);

/** end_block() - pad the body and fill the block's two lengths in. */
void end_block(struct bytes *b, size_t start);

/** put_section() - a section header, of version @major.0. */
void put_section(struct bytes *b, __u16 major);

/** put_option() - an option whose value is one number. */
void put_option(struct bytes *b, __u16 code, __u64 value, __u16 bytes);

/** put_interface() - an interface's description; @tsresol: -1 for none, @offset_s: 0 for none. */
void put_interface(struct bytes *b, __u16 linktype, __u32 snaplen, int tsresol, __s64 offset_s);

/** put_enhanced() - an enhanced packet block. */
void put_enhanced(struct bytes *b, __u32 interface, __u64 ticks, const char *text, __u32 wire);

/** put_obsolete() - the packet block of old captures. */
void put_obsolete(struct bytes *b, __u16 interface, __u64 ticks, const char *text, __u32 wire);

/** put_simple() - a simple packet block. */
void put_simple(struct bytes *b, const char *text, __u32 wire);

/** put_other() - a block of any type around @text. */
void put_other(struct bytes *b, __u32 type, const char *text);

/* Every test has a directory of its own. */
struct place {
	char dir[64];
	char path[96]; /* of a capture in it */
};

/** make_place() - set a test up. Return: 0, or -1. */
int make_place(void **state);

/** remove_place() - tear a test down, with all files of its place. Return: 0. */
int remove_place(void **state);

/* A row for cmocka: test_NAME in a place. */
#define CAPTURE_TEST(name) cmocka_unit_test_setup_teardown(test_##name, make_place, remove_place)

/** store() - make a file of these bytes. */
void store(const char *path, const void *data, size_t bytes);

/* All that a file gives. */
struct reading {
	int open_err;
	int err; /* of the call that ended it */
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

/** read_path() - read a capture to its end, or to what is wrong with it. */
void read_path(const char *path, struct reading *r);

/** read_bytes() - store what was built, and read it. */
void read_bytes(const struct place *place, const struct bytes *b, struct reading *r);

/** check_frame() - fail unless the frame of that number, from 0, is this one. */
void check_frame(const struct reading *r, unsigned int i, const char *text, __u32 wire,
		 __u64 timestamp_ns, int linktype);

#endif
