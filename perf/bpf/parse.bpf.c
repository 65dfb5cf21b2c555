// SPDX-License-Identifier: GPL-2.0-only
// parse: classifies a frame and counts nothing.
#include "perf/bpf/classes.bpf.h"

SEC("xdp.frags")
int lab_parse(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = parse(&frame, &request);

	/* Unused results would be optimized away. */
	asm volatile("" : : "r"(class), "r"(&request) : "memory");
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
