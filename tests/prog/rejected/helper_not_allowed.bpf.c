// SPDX-License-Identifier: GPL-2.0-only
// helper_not_allowed: a helper of other program types, and one of all types.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int rejected(struct xdp_md *context)
{
	__u32 word = 0;

	bpf_skb_load_bytes(context, 0, &word, sizeof(word)); /* refused */
	return word ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	__u32 word = bpf_get_prandom_u32();

	return word ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
