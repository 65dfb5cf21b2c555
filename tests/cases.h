// SPDX-License-Identifier: GPL-2.0-only
// cases: frames as literals with their expected class and source, for the host and the kernel.
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <linux/types.h>
#include <stddef.h>

#include "common/abi/abi.h"

#define CASE_MAX_BYTES 8192

struct frame_case {
	const char *name;
	const char *hex; /* the frame; spaces are skipped */
	enum frame_class class;
	const char *source; /* of a SYN, as text; NULL elsewhere */
	/* Ends of layers 2 and 3 and of the required part of layer 4; 0: do not cut this case. */
	__u32 l2_end, l3_end, l4_end;
};

extern const struct frame_case frame_cases[];
extern const size_t frame_case_count;

/** frame_case__bytes() - convert the literal to bytes at @out (CASE_MAX_BYTES). Return: length. */
__u32 frame_case__bytes(const struct frame_case *frame_case, __u8 *out);

/**
 * frame_case__without_ethernet() - the IP packet of a case, as an interface without Ethernet
 * headers receives it, with the same class
 *
 * Return: its size at @out, or 0 if the case is about layer 2, or about an EtherType that does not
 * match the IP version.
 */
__u32 frame_case__without_ethernet(const struct frame_case *frame_case, __u8 *out);

/** frame_case__cut_class() - the class of the first @bytes bytes of a case with known ends. */
enum frame_class frame_case__cut_class(const struct frame_case *frame_case, __u32 bytes);

#endif
