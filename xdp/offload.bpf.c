// SPDX-License-Identifier: GPL-2.0-only
// offload: the dataplane of a network card that runs XDP itself: the same parser on plainer maps.
//
// Devices refuse global variables, map flags, and all map types but ARRAY and HASH. Their cores
// share the maps, hence the atomics. A source keeps its entry for good; once the map is full, SYNs
// from new sources are counted only by class, and so as unattributed.
#define WITHOUT_GLOBALS
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "common/abi/abi.h"
#include "xdp/frame.bpf.h"
#include "xdp/parse.bpf.h"

/* Without BTF, which devices refuse for maps. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct device_counters));
} counters_map SEC(".maps");

/* max_entries is set before the load. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct endpoint));
	__uint(value_size, sizeof(__u64));
} sources_map SEC(".maps");

/* Cores may race to insert a source: the entry starts at zero, and each of them then adds its SYN.
 */
static __always_inline void count_source(const struct endpoint *source)
{
	__u64 *syns = bpf_map_lookup_elem(&sources_map, source);
	const __u64 zero = 0;

	if (!syns) {
		bpf_map_update_elem(&sources_map, source, &zero, BPF_NOEXIST);
		syns = bpf_map_lookup_elem(&sources_map, source);
	}
	if (syns)
		__sync_fetch_and_add(syns, 1);
}

SEC("xdp")
int xdpctl_offload(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	struct device_counters *counters;
	struct request request = {};
	enum frame_class class;
	__u32 zero = 0;

	counters = bpf_map_lookup_elem(&counters_map, &zero);
	class = classify(&frame, &request);
	barrier_var(class);
	if (!counters || class >= CLASS_COUNT)
		return XDP_PASS; /* cannot happen, and must not drop */
	/* The class first, as in syn.bpf.c. */
	__sync_fetch_and_add(&counters->classes[class], 1);
	__sync_fetch_and_add(&counters->bytes, frame_bytes(&frame));
	if (class == CLASS_SYN)
		count_source(&request.source);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
