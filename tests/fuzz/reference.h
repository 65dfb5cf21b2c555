// SPDX-License-Identifier: GPL-2.0-only
// reference: what a frame is, told by a second parser that shares no line with the dataplane's.
#ifndef TESTS_FUZZ_REFERENCE_H
#define TESTS_FUZZ_REFERENCE_H

#include <stdio.h>

#include "common/abi/abi.h"

/* What a parser makes of a frame. */
struct judgement {
	enum frame_class class;
	struct endpoint source, victim; /* of a SYN; zeros elsewhere */
};

/** reference__judge() - judge @length captured bytes of an Ethernet frame. */
struct judgement reference__judge(const __u8 *bytes, __u32 length);

/** judgement__print_case() - the frame as a row for tests/cases.c, judged by the reference. */
void judgement__print_case(FILE *out, const __u8 *bytes, __u32 length);

#endif
