// SPDX-License-Identifier: GPL-2.0-only
// test_linktype: names of link types, and frames of other types rewrapped with an Ethernet header.
#include <linux/if_ether.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/capture/linktype.h"
#include "tests/unit_test.h"

#define FRAME_MAX 64

enum {
	LT_NULL = 0,
	LT_RAW = 101,
	LT_LOOP = 108,
	LT_SLL = 113,
	LT_IPV4 = 228,
	LT_IPV6 = 229,
	LT_SLL2 = 276,
	LT_USER0 = 147,
};

static void test_names(void **state)
{
	static const struct {
		int linktype;
		const char *name;
	} rows[] = {
		{LINKTYPE_ETHERNET, "EN10MB (1)"},
		{LT_NULL, "NULL (0)"},
		{LT_SLL, "LINUX_SLL (113)"},
		{LT_SLL2, "LINUX_SLL2 (276)"},
		{LT_RAW, "RAW (101)"},
		{12, "RAW (12)"},
		{14, "RAW (14)"},
		{100, "ATM_RFC1483 (100)"},
		{105, "IEEE802_11 (105)"},
		{LT_USER0, "USER0 (147)"},
		{288, "USB_2_0 (288)"},
		{104, "C_HDLC (104)"},
		{60000, "unknown (60000)"},
		{-1, "unknown (-1)"},
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(linktype__name(rows[i].linktype, buf, sizeof(buf)),
				    rows[i].name);
	assert_string_equal(linktype__name(LT_SLL, buf, 6), "LINUX");
}

static void test_can_rewrap(void **state)
{
	static const int can[] = {LT_NULL, LT_LOOP, LT_RAW,  12,     14,
				  LT_IPV4, LT_IPV6, LT_SLL2, LT_SLL, LT_RAW};
	static const int cannot[] = {LINKTYPE_ETHERNET, 100, 105, LT_USER0, 60000, -1};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(can); i++)
		assert_true(linktype__can_rewrap(can[i]));
	for (size_t i = 0; i < COUNT_OF(cannot); i++)
		assert_false(linktype__can_rewrap(cannot[i]));
}

/* A frame of a link type with its header, and the expected EtherType. */
struct rewrap_case {
	int linktype;
	__u8 header[20];
	__u32 header_bytes;
	__u8 first; /* byte of the payload */
	__u16 ethertype;
};

static const struct rewrap_case rewrap_cases[] = {
	{LT_SLL, {0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 0x08, 0x00}, 16, 0x45, 0x0800},
	{LT_SLL, {0, 4, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 0x86, 0xdd}, 16, 0x60, 0x86dd},
	{LT_SLL, {[14] = 0x81, 0x00}, 16, 0x00, 0x8100},
	{LT_SLL, {[14] = 0x00, 0x04}, 16, 0x42, 0x0004},
	{LT_SLL2, {0x86, 0xdd, 0, 0, 0, 0, 0, 7, 0, 1, 0, 6, 1, 1, 1, 1, 1, 1}, 20, 0x60, 0x86dd},
	{LT_SLL2, {0x08, 0x06}, 20, 0x00, 0x0806},
	{LT_RAW, {}, 0, 0x45, 0x0800},
	{LT_RAW, {}, 0, 0x6f, 0x86dd},
	{LT_RAW, {}, 0, 0x54, 0},
	{12, {}, 0, 0x46, 0x0800},
	{14, {}, 0, 0x60, 0x86dd},
	{LT_IPV4, {}, 0, 0x45, 0x0800},
	{LT_IPV4, {}, 0, 0x60, 0x0800},
	{LT_IPV6, {}, 0, 0x60, 0x86dd},
	{LT_NULL, {2, 0, 0, 0}, 4, 0x45, 0x0800},
	{LT_NULL, {0, 0, 0, 2}, 4, 0x45, 0x0800},
	{LT_NULL, {10, 0, 0, 0}, 4, 0x60, 0x86dd},
	{LT_NULL, {24, 0, 0, 0}, 4, 0x60, 0x86dd},
	{LT_NULL, {0, 0, 0, 28}, 4, 0x60, 0x86dd},
	{LT_NULL, {30, 0, 0, 0}, 4, 0x60, 0x86dd},
	{LT_NULL, {0, 0, 0, 30}, 4, 0x60, 0x86dd},
	{LT_NULL, {7, 0, 0, 0}, 4, 0x45, 0},
	{LT_NULL, {0, 0, 0, 0}, 4, 0x45, 0},
	{LT_NULL, {2, 0, 0, 2}, 4, 0x45, 0},
	{LT_LOOP, {0, 0, 0, 2}, 4, 0x45, 0x0800},
	{LT_LOOP, {0, 0, 0, 24}, 4, 0x60, 0x86dd},
	{LT_LOOP, {2, 0, 0, 0}, 4, 0x45, 0},
};

static void test_rewrap(void **state)
{
	static const __u8 no_macs[2 * ETH_ALEN];
	__u8 frame[FRAME_MAX], out[FRAME_MAX + ETH_HLEN];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rewrap_cases); i++) {
		const struct rewrap_case *row = &rewrap_cases[i];
		__u32 bytes = row->header_bytes + 5;

		memcpy(frame, row->header, row->header_bytes);
		memcpy(frame + row->header_bytes, "\0abcd", 5);
		frame[row->header_bytes] = row->first;
		memset(out, 0xee, sizeof(out));
		assert_int_equal(linktype__rewrap(row->linktype, frame, bytes, out), ETH_HLEN + 5);
		assert_memory_equal(out, no_macs, sizeof(no_macs));
		assert_int_equal(out[12] << 8 | out[13], row->ethertype);
		assert_int_equal(out[14], row->first);
		assert_memory_equal(out + 15, "abcd", 4);
		assert_int_equal(out[ETH_HLEN + 5], 0xee);
	}
}

/* Buffers of exactly the length, so that the sanitizers detect overruns. */
static void test_short_frames(void **state)
{
	static const struct {
		int linktype;
		__u32 header_bytes;
		__u32 needed_bytes;
	} rows[] = {
		{LT_SLL, 16, 16}, {LT_SLL2, 20, 20}, {LT_RAW, 0, 1},  {LT_IPV4, 0, 0},
		{LT_IPV6, 0, 0},  {LT_NULL, 4, 4},   {LT_LOOP, 4, 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (__u32 bytes = 0; bytes < 24; bytes++) {
			int want = bytes < rows[i].needed_bytes
					   ? -ENODATA
					   : (int)(ETH_HLEN + bytes - rows[i].header_bytes);
			__u8 *frame = malloc(bytes ? bytes : 1);
			__u8 *out = malloc(bytes + ETH_HLEN);

			assert_non_null(frame);
			assert_non_null(out);
			memset(frame, 0x45, bytes);
			assert_int_equal(linktype__rewrap(rows[i].linktype, frame, bytes, out),
					 want);
			free(out);
			free(frame);
		}
	}
}

static void test_refusals(void **state)
{
	__u8 frame[FRAME_MAX] = {0x45}, out[FRAME_MAX + ETH_HLEN];

	(void)state;
	assert_int_equal(linktype__rewrap(LINKTYPE_ETHERNET, frame, 60, out), -EPROTONOSUPPORT);
	assert_int_equal(linktype__rewrap(LT_USER0, frame, 60, out), -EPROTONOSUPPORT);
	assert_int_equal(linktype__rewrap(LT_USER0, frame, 0, out), -EPROTONOSUPPORT);
	assert_int_equal(linktype__rewrap(LT_RAW, frame, 0xffffffff, out), -EMSGSIZE);
	assert_int_equal(linktype__rewrap(LT_RAW, frame, 0x7ffffff2, out), -EMSGSIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),    cmocka_unit_test(test_can_rewrap),
		cmocka_unit_test(test_rewrap),   cmocka_unit_test(test_short_frames),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests_name("linktype", tests, NULL, NULL);
}
