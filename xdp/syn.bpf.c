// SPDX-License-Identifier: GPL-2.0-only
// syn: the dataplane: classify and count each frame, and count SYNs per source and victim. There is
// a program for each combination of what else it does: count the segments that pair with a victim's
// SYNs, judge frames by a policy, and copy headers of some frames. Only one of them is loaded. Also
// compiles on the host.
#include <linux/bpf.h>

#include "xdp/count.bpf.h"
#include "xdp/frame.bpf.h"
#include "xdp/judge.bpf.h"
#include "xdp/pairs.bpf.h"
#include "xdp/parse.bpf.h"
#include "xdp/sample.bpf.h"

/* Return: false if there are no counters. */
static __always_inline bool count_class(struct cpu_counters *counters, const struct frame *frame,
					enum frame_class class, bool armed)
{
	/* clang knows its range and would drop the check that the verifier needs. */
	barrier_var(class);
	if (!counters || class >= CLASS_COUNT)
		return false;
	counters->classes[class]++;
	if (!armed)
		counters->verdicts[XDP_PASS]++;
	counters->bytes += frame_bytes(frame);
	return true;
}

/* A CPU that the maps were not made for passes its frames. */
static __always_inline void count_unaccounted(void)
{
	__u32 zero = 0;
	__u64 *frames = bpf_map_lookup_elem(&unaccounted_map, &zero);

	if (frames)
		__sync_fetch_and_add(frames, 1);
}

static __always_inline void sample_class(FRAME_CONTEXT *context, __u32 cpu,
					 const struct cpu_counters *counters,
					 enum frame_class class)
{
	barrier_var(class); /* see count_class() */
	if (class < CLASS_COUNT)
		sample__counted(context, cpu, counters->classes[class],
				sample_pack(class, 0, XDP_PASS));
}

/*
 * The class is counted first: a reader that reads sources before classes never sees more SYNs
 * attributed than there are. @detail, @armed and @sampling are constants, so that each program
 * keeps only its own code.
 *
 * Return: true if a policy has to judge the frame.
 */
static __always_inline bool count_frame(FRAME_CONTEXT *context, enum detail detail, bool armed,
					bool sampling)
{
	struct frame frame = frame_of(context);
	__u32 cpu = bpf_get_smp_processor_id();
	struct request request = {};
	struct cpu_counters *counters;
	enum frame_class class;
	bool judged = false;

	counters = bpf_map_lookup_elem(&counters_map, &cpu);
	class = classify_and_describe(&frame, armed ? DETAIL_ALL : detail, &request);
	if (!count_class(counters, &frame, class, armed)) {
		count_unaccounted();
		return false;
	}
	if (armed) {
		judged = judge__present(cpu, class, &request);
		if (!judged)
			counters->verdicts[XDP_PASS]++;
	}
	if (sampling)
		sample_class(context, cpu, counters, class);
	if (class == CLASS_SYN && !peek)
		count_syn(counters, cpu, &request, detail);
	else if (detail == DETAIL_HANDSHAKES && class <= CLASS_RST)
		count_pair(cpu, class, &request);
	return judged;
}

SEC("xdp")
int xdpctl_syn(FRAME_CONTEXT *context)
{
	count_frame(context, DETAIL_SYNS, false, false);
	return XDP_PASS;
}

SEC("xdp")
int xdpctl_pairs(FRAME_CONTEXT *context)
{
	count_frame(context, DETAIL_HANDSHAKES, false, false);
	return XDP_PASS;
}

#ifndef WITHOUT_SAMPLING

SEC("xdp")
int xdpctl_syn_smp(FRAME_CONTEXT *context)
{
	count_frame(context, DETAIL_SYNS, false, true);
	return XDP_PASS;
}

SEC("xdp")
int xdpctl_pair_smp(FRAME_CONTEXT *context)
{
	count_frame(context, DETAIL_HANDSHAKES, false, true);
	return XDP_PASS;
}

#endif

#ifdef __bpf__ /* on the host, only the judge is needed: see runner_host__judge() */

/* Global functions, so that the judge's part of the stack does not come on top of theirs. */
FRAME_FUNCTION int count_armed(FRAME_CONTEXT *context)
{
	return count_frame(context, DETAIL_SYNS, true, false);
}

FRAME_FUNCTION int count_armed_pairs(FRAME_CONTEXT *context)
{
	return count_frame(context, DETAIL_HANDSHAKES, true, false);
}

/* The verdict on the frame that has been counted. */
static __always_inline int judge_and_count(FRAME_CONTEXT *context, bool sampling)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);
	__u32 verdict;

	if (!counters)
		return XDP_PASS;
	verdict = sampling ? judge_sampling(context, cpu) : judge(context, cpu);
	barrier_var(verdict); /* see count_class() */
	if (verdict >= VERDICT_COUNT)
		return XDP_PASS;
	counters->verdicts[verdict]++;
	return verdict;
}

SEC("xdp")
int xdpctl_armed(FRAME_CONTEXT *context)
{
	return count_armed(context) ? judge_and_count(context, false) : XDP_PASS;
}

SEC("xdp")
int xdpctl_armpairs(FRAME_CONTEXT *context)
{
	return count_armed_pairs(context) ? judge_and_count(context, false) : XDP_PASS;
}

#ifndef WITHOUT_SAMPLING

/* Not while it is counted, for the sake of the stack. */
static __always_inline int sample_unjudged(FRAME_CONTEXT *context)
{
	struct judgement passes = {.reason = REASON_PASS_DEFAULT};
	__u32 cpu = bpf_get_smp_processor_id();
	const struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);

	if (counters)
		sample__reason(context, cpu, counters, &passes);
	return XDP_PASS;
}

SEC("xdp")
int xdpctl_arm_smp(FRAME_CONTEXT *context)
{
	return count_armed(context) ? judge_and_count(context, true) : sample_unjudged(context);
}

SEC("xdp")
int xdpctl_armp_smp(FRAME_CONTEXT *context)
{
	return count_armed_pairs(context) ? judge_and_count(context, true)
					  : sample_unjudged(context);
}

#endif

#endif

char LICENSE[] SEC("license") = "GPL";
