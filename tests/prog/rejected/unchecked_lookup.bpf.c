// SPDX-License-Identifier: GPL-2.0-only
// unchecked_lookup: a map value used without a NULL check, and one with.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Not an array: newer kernels know that array lookups with a constant key succeed. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} frames SEC(".maps");

SEC("xdp")
int rejected(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;
	__u64 *count = bpf_map_lookup_elem(&frames, &queue);

	*count += 1; /* refused */
	return XDP_PASS;
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;
	__u64 *count = bpf_map_lookup_elem(&frames, &queue);

	if (count)
		*count += 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
