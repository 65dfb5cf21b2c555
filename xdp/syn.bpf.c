// SPDX-License-Identifier: GPL-2.0-only
// syn: the dataplane: classify and count each frame, and count SYNs per source and victim; the
// second program also counts the segments that pair with a victim's SYNs. Only one of the two is
// loaded. Also compiles on the host.
#include <linux/bpf.h>

#include "xdp/count.bpf.h"
#include "xdp/frame.bpf.h"
#include "xdp/pairs.bpf.h"
#include "xdp/parse.bpf.h"

/* Return: false if there are no counters. */
static __always_inline bool count_class(struct cpu_counters *counters, const struct frame *frame,
					enum frame_class class)
{
	/* clang knows its range and would drop the check that the verifier needs. */
	barrier_var(class);
	if (!counters || class >= CLASS_COUNT)
		return false;
	counters->classes[class]++;
	counters->verdicts[XDP_PASS]++;
	counters->bytes += frame_bytes(frame);
	return true;
}

/* This watcher never drops: a CPU that its maps were not made for passes its frames. */
static __always_inline void count_unaccounted(void)
{
	__u32 zero = 0;
	__u64 *frames = bpf_map_lookup_elem(&unaccounted_map, &zero);

	if (frames)
		__sync_fetch_and_add(frames, 1);
}

/*
 * The class is counted first: a reader that reads sources before classes never sees more SYNs
 * attributed than there are. @detail is a constant, so that each program keeps only its own code.
 */
static __always_inline int count_frame(FRAME_CONTEXT *context, enum detail detail)
{
	struct frame frame = frame_of(context);
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters;
	enum frame_class class;

	counters = bpf_map_lookup_elem(&counters_map, &cpu);
	class = classify_and_describe(&frame, detail, &request);
	if (!count_class(counters, &frame, class)) {
		count_unaccounted();
		return XDP_PASS;
	}
	if (class == CLASS_SYN)
		count_syn(counters, cpu, &request, detail);
	else if (detail == DETAIL_HANDSHAKES && class <= CLASS_RST)
		count_pair(cpu, class, &request);
	return XDP_PASS;
}

SEC("xdp")
int xdpctl_syn(FRAME_CONTEXT *context)
{
	return count_frame(context, DETAIL_SYNS);
}

SEC("xdp")
int xdpctl_pairs(FRAME_CONTEXT *context)
{
	return count_frame(context, DETAIL_HANDSHAKES);
}

char LICENSE[] SEC("license") = "GPL";
