// SPDX-License-Identifier: GPL-2.0-only
// unreachable_code: an instruction on no path, and one on some path.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int rejected(struct xdp_md *context)
{
	/* In assembly, because clang removes such code. */
	asm volatile("goto +1\nr1 = 0" ::: "r1"); /* refused */
	return XDP_PASS;
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	asm volatile("r1 = %0\nif r1 == 1 goto +1\nr1 = 0" ::"r"(context->rx_queue_index) : "r1");
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
