// SPDX-License-Identifier: GPL-2.0-only
// syn: the dataplane: classify every frame, count it, and count SYNs per source and victim.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "count.bpf.h"
#include "frame.bpf.h"
#include "parse.bpf.h"

SEC("xdp")
int xdpctl_syn(struct xdp_md *context)
{
	struct frame frame = frame_of(context);
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters;
	enum frame_class class;

	counters = bpf_map_lookup_elem(&counters_map, &cpu);
	class = classify(&frame, &request);
	KEEP(class); /* clang knows its range and would drop the check that the verifier needs */
	if (!counters || class >= CLASS_COUNT)
		return XDP_ABORTED;
	counters->classes[class]++;
	counters->verdicts[XDP_PASS]++;
	counters->bytes += frame_bytes(&frame);
	/* The class is counted first: a reader that reads sources before classes never sees more
	 * SYNs attributed than there are. */
	if (class == CLASS_SYN)
		count_syn(counters, cpu, &request);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
