// SPDX-License-Identifier: GPL-2.0-only
// syn: the dataplane: classify every frame, count it, and count SYNs per source and victim; in its
// second form also what belongs to a victim's handshakes. Only one of the two is loaded.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "xdp/count.bpf.h"
#include "xdp/frame.bpf.h"
#include "xdp/pairs.bpf.h"
#include "xdp/parse.bpf.h"

/* Return: false for the impossible. */
static __always_inline _Bool count_class(struct cpu_counters *counters, const struct frame *frame,
					 enum frame_class class)
{
	barrier_var(
		class); /* clang knows its range and would drop the check that the verifier needs */
	if (!counters || class >= CLASS_COUNT)
		return 0;
	counters->classes[class]++;
	counters->verdicts[XDP_PASS]++;
	counters->bytes += frame_bytes(frame);
	return 1;
}

/*
 * The class is counted first: a reader that reads sources before classes never sees more SYNs
 * attributed than there are. @detail is a constant, which leaves each program its own half.
 */
static __always_inline int count_frame(struct xdp_md *context, enum described detail)
{
	struct frame frame = frame_of(context);
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters;
	enum frame_class class;

	counters = bpf_map_lookup_elem(&counters_map, &cpu);
	class = classify_and_describe(&frame, detail, &request);
	if (!count_class(counters, &frame, class))
		return XDP_ABORTED;
	if (class == CLASS_SYN)
		count_syn(counters, cpu, &request, detail);
	else if (detail == DETAIL_HANDSHAKES && class <= CLASS_RST)
		count_pair(cpu, class, &request);
	return XDP_PASS;
}

SEC("xdp")
int xdpctl_syn(struct xdp_md *context)
{
	return count_frame(context, DETAIL_SYNS);
}

SEC("xdp")
int xdpctl_pairs(struct xdp_md *context)
{
	return count_frame(context, DETAIL_HANDSHAKES);
}

char LICENSE[] SEC("license") = "GPL";
