// SPDX-License-Identifier: GPL-2.0-only
// parse: finds out the class of a frame and counts nothing.
#include "perf/bpf/classes.bpf.h"

SEC("xdp.frags")
int lab_parse(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = parse(&frame, &request);

	/* What nobody needed would not be parsed. */
	asm volatile("" : : "r"(class), "r"(&request) : "memory");
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
