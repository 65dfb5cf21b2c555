// SPDX-License-Identifier: GPL-2.0-only
// lpm_deny: counts the class of a frame, and drops it if its source is in one of two LPM tries.
#include "perf/bpf/classes.bpf.h"

struct lpm_key {
	__u32 bits;
	__be32 address[4];
};

#define LPM_TRIE(name, key_bytes)                            \
	struct {                                             \
		__uint(type, BPF_MAP_TYPE_LPM_TRIE);         \
		__uint(map_flags, BPF_F_NO_PREALLOC);        \
		__uint(max_entries, LAB_MAX_SOURCES);        \
		__uint(key_size, sizeof(__u32) + key_bytes); \
		__uint(value_size, sizeof(__u32));           \
	} name SEC(".maps")

LPM_TRIE(lpm_ipv4, 4);
LPM_TRIE(lpm_ipv6, 16);

/* As the dataplane's: the addresses of every IP packet. */
SEC("xdp.frags")
int lab_lpm_deny(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = classify_and_describe(&frame, DETAIL_ALL, &request);
	struct lpm_key key = {.bits = request.source.family == ENDPOINT_IPV4 ? 32 : 128};
	const void *denied;

	barrier_var(class);
	__builtin_memcpy(key.address, request.source.address, sizeof(key.address));
	denied = request.source.family == ENDPOINT_IPV4 ? bpf_map_lookup_elem(&lpm_ipv4, &key)
							: bpf_map_lookup_elem(&lpm_ipv6, &key);
	if (!count_class(&frame, class, denied ? XDP_DROP : XDP_PASS))
		return XDP_ABORTED;
	return denied ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
