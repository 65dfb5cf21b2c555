// SPDX-License-Identifier: GPL-2.0-only
// unbounded_loop: a loop without a bound known to the verifier, and one with.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int rejected(struct xdp_md *context)
{
	__u32 wanted = context->rx_queue_index;

	while (bpf_get_prandom_u32() != wanted) /* refused */
		;
	return XDP_PASS;
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	__u32 wanted = context->rx_queue_index;

	for (int i = 0; i < 100 && bpf_get_prandom_u32() != wanted; i++)
		;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
