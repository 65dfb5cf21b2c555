// SPDX-License-Identifier: GPL-2.0-only
// big_map: a program with a map of 1 GiB, which verify, inspect and replay must not create.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << 24);
	__type(key, __u32);
	__type(value, __u64[8]);
} large SEC(".maps");

SEC("xdp")
int big_map(struct xdp_md *context)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&large, &zero) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
