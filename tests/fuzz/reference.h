// SPDX-License-Identifier: GPL-2.0-only
// reference: a second parser, which shares no code with the dataplane's.
#ifndef TESTS_FUZZ_REFERENCE_H
#define TESTS_FUZZ_REFERENCE_H

#include <stdio.h>

#include "common/abi/abi.h"

/* The result of parsing a frame. */
struct parsed_frame {
	enum frame_class class;
	struct endpoint source, victim; /* of a SYN; zeros elsewhere */
};

/** reference__judge() - parse @length captured bytes of an Ethernet frame. */
struct parsed_frame reference__judge(const __u8 *bytes, __u32 length);

/** judgement__print_case() - print the frame as a row for tests/cases.c. */
void judgement__print_case(FILE *out, const __u8 *bytes, __u32 length);

#endif
