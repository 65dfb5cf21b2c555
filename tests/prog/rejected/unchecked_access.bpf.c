// SPDX-License-Identifier: GPL-2.0-only
// unchecked_access: a read that may be past the end of the frame, and one after a bounds check.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int rejected(struct xdp_md *context)
{
	const __u8 *data = (void *)(long)context->data;

	return data[12] == 8 ? XDP_DROP : XDP_PASS; /* refused */
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	const __u8 *data = (void *)(long)context->data;
	const __u8 *end = (void *)(long)context->data_end;

	if (data + 13 > end)
		return XDP_PASS;
	return data[12] == 8 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
