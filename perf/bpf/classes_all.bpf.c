// SPDX-License-Identifier: GPL-2.0-only
// classes_all: counts the class of a frame, and finds the addresses of every IP packet: what
// lpm_deny does besides its lookup.
#include "perf/bpf/classes.bpf.h"

SEC("xdp.frags")
int lab_classes_all(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = classify_and_describe(&frame, DETAIL_ALL, &request);

	barrier_var(class);
	asm volatile("" : : "r"(&request) : "memory"); /* as parse.bpf.c */
	return count_class(&frame, class, XDP_PASS) ? XDP_PASS : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
