// SPDX-License-Identifier: GPL-2.0-only
// classes: counts the class of a frame and no source.
#include "perf/bpf/classes.bpf.h"

#ifndef LAB_VERDICT
#define LAB_VERDICT XDP_PASS
#endif

SEC("xdp.frags")
int lab_classes(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = parse(&frame, &request);

	asm volatile("" : : "r"(&request) : "memory"); /* as parse.bpf.c */
	return count_class(&frame, class, LAB_VERDICT) ? LAB_VERDICT : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
