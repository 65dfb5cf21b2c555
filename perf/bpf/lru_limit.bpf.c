// SPDX-License-Identifier: GPL-2.0-only
// lru_limit: counts the class of a frame, and limits SYNs by source with a clock for each in an LRU
// hash.
#include "perf/bpf/classes.bpf.h"

#define PERIOD_NS 50000000ull /* 20 a second */
#define TOLERANCE_NS (100000 * PERIOD_NS)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, LAB_MAX_SOURCES);
	__type(key, struct endpoint);
	__type(value, __u64);
} lru_clocks SEC(".maps");

/* Return: false if the source is above the limit. */
static __always_inline bool lru__takes(const struct endpoint *source)
{
	__u64 now = bpf_ktime_get_ns(), next = now + PERIOD_NS;
	__u64 *empty_at = bpf_map_lookup_elem(&lru_clocks, source);

	if (!empty_at) {
		bpf_map_update_elem(&lru_clocks, source, &next, BPF_ANY);
		return true;
	}
	if (*empty_at > now + TOLERANCE_NS)
		return false;
	*empty_at = (*empty_at > now ? *empty_at : now) + PERIOD_NS;
	return true;
}

SEC("xdp.frags")
int lab_lru_limit(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct request request = {};
	enum frame_class class = parse(&frame, &request);
	enum xdp_action verdict =
		class == CLASS_SYN && !lru__takes(&request.source) ? XDP_DROP : XDP_PASS;

	if (!count_class(&frame, class, XDP_PASS))
		return XDP_ABORTED;
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
