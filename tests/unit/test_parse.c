// SPDX-License-Identifier: GPL-2.0-only
// test_parse: the dataplane's parser, compiled for the host, on every case and every cut.
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/counts/snapshot.h"
#include "tests/cases.h"
#include "tests/unit_test.h"
#include "xdp/parse.bpf.h"

/* Drivers place frames so that the IP header is aligned, behind 14 bytes (NET_IP_ALIGN) or none. */
#define IP_ALIGN (raw_ip ? 0 : 2)

/* Classifies a copy of exactly @length bytes, so that the sanitizers detect overruns. */
static enum frame_class classify_copy(const __u8 *bytes, __u32 length, struct request *ret_request)
{
	__u8 *copy = (__u8 *)malloc(length + IP_ALIGN) + IP_ALIGN;
	struct frame frame = {.data = copy, .end = copy + length};
	enum frame_class class;

	memcpy(copy, bytes, length);
	frame.context = &frame;
	*ret_request = (struct request){};
	class = classify(&frame, ret_request);
	free(copy - IP_ALIGN);
	return class;
}

static void test_cases(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	char text[ENDPOINT_TEXT_BYTES];
	struct request request;

	(void)state;
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);
		enum frame_class class = classify_copy(bytes, length, &request);

		if (class != row->class)
			fail_msg("%s: %s, not %s", row->name, frame_class_names[class],
				 frame_class_names[row->class]);
		if (row->source && strcmp(endpoint__text(&request.source, text), row->source))
			fail_msg("%s: from %s, not %s", row->name, text, row->source);
	}
}

static void test_every_cut(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct request request;

	(void)state;
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__bytes(row, bytes);

		for (__u32 cut = 0; row->l4_end && cut <= length; cut++) {
			enum frame_class want = frame_case__cut_class(row, cut);
			enum frame_class class = classify_copy(bytes, cut, &request);

			if (class != want)
				fail_msg("%s, cut at %u: %s, not %s", row->name, cut,
					 frame_class_names[class], frame_class_names[want]);
		}
	}
}

/* For cases without known ends any class is fine, but no byte after the cut is read. */
static void test_cuts_are_not_overrun(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	struct request request;

	(void)state;
	for (size_t i = 0; i < frame_case_count; i++) {
		__u32 length = frame_case__bytes(&frame_cases[i], bytes);

		for (__u32 cut = 0; cut <= length; cut++)
			assert_in_range(classify_copy(bytes, cut, &request), 0, CLASS_COUNT - 1);
	}
}

static int set_raw(void **state)
{
	(void)state;
	raw_ip = true;
	return 0;
}

static int set_ethernet(void **state)
{
	(void)state;
	raw_ip = false;
	return 0;
}

/* The same packets, and cuts of them, without their Ethernet headers. */
static void test_raw_ip(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	char text[ENDPOINT_TEXT_BYTES];
	struct request request;
	int cases = 0;

	(void)state;
	for (size_t i = 0; i < frame_case_count; i++) {
		const struct frame_case *row = &frame_cases[i];
		__u32 length = frame_case__without_ethernet(row, bytes);

		if (!length)
			continue;
		cases++;
		if (classify_copy(bytes, length, &request) != row->class)
			fail_msg("%s: not %s", row->name, frame_class_names[row->class]);
		if (row->source && strcmp(endpoint__text(&request.source, text), row->source))
			fail_msg("%s: from %s, not %s", row->name, text, row->source);
		for (__u32 cut = 0; row->l4_end && row->l2_end == ETH_HLEN && cut <= length; cut++)
			assert_int_equal(classify_copy(bytes, cut, &request),
					 frame_case__cut_class(row, cut + ETH_HLEN));
	}
	assert_in_range(cases, 60, frame_case_count);
}

static void test_raw_is_not_ip(void **state)
{
	static const __u8 versions[] = {0x00, 0x15, 0x35, 0x55, 0x75, 0xff};
	struct request request;

	(void)state;
	for (size_t i = 0; i < sizeof(versions); i++)
		assert_int_equal(classify_copy(&versions[i], 1, &request), CLASS_NON_IP);
	assert_int_equal(classify_copy(versions, 0, &request), CLASS_TRUNCATED_L3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_cuts_are_not_overrun),
		cmocka_unit_test_setup_teardown(test_raw_ip, set_raw, set_ethernet),
		cmocka_unit_test_setup_teardown(test_raw_is_not_ip, set_raw, set_ethernet),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
