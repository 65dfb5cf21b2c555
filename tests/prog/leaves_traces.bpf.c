// SPDX-License-Identifier: GPL-2.0-only
// leaves_traces: a program with a map to be pinned, which verify and inspect must not do.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} left_behind SEC(".maps");

SEC("xdp")
int leaves_traces(struct xdp_md *context)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&left_behind, &zero) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
