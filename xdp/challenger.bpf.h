// SPDX-License-Identifier: GPL-2.0-only
// challenger: which rule has answered a source's SYN, and what its reaction proves: step 6 of
// judge.bpf.h. Also compiles on the host.
#ifndef XDP_CHALLENGER_BPF_H
#define XDP_CHALLENGER_BPF_H

#include "common/abi/policy.h"
#include "xdp/challenge.bpf.h"
#include "xdp/decisions.bpf.h"
#include "xdp/policy.bpf.h"
#include "xdp/protect.bpf.h"
#include "xdp/sample.bpf.h"
#include "xdp/verified.bpf.h"

/* Who may have challenged the source of a segment. */
struct challenger {
	__u8 rule;   /* 0: no one */
	bool limit;  /* it is the policy's, and no victim's */
	__u64 trust; /* jiffies */
};

static __always_inline void challenger__try_nth(const struct judged_frame *frame,
						const struct ruling *ruling,
						const struct policy_decision *decision, int n,
						enum policy_action action, struct challenger *ret)
{
	const struct policy_protect *protect;

	if (ret->rule || !decision->protects[n])
		return;
	protect = &ruling->image->protects[(decision->protects[n] - 1u) % POLICY_PROTECTS];
	if (protect->shadow || protect->action != action ||
	    !port_is_in(ruling->image, protect->ports, frame->victim.port) ||
	    !challenge__is_recent(protect, &frame->victim, ruling->image->header.hz, ruling->now))
		return;
	ret->rule = protect->rule;
	ret->trust = protect->trust;
}

static __noinline void challenger__find(const struct judged_frame *frame,
					const struct ruling *ruling, enum policy_action action,
					struct challenger *ret)
{
	const struct policy_limit *limit = &ruling->image->header.limit;
	const struct policy_decision *decision;

	if (ruling->image->header.parts & POLICY_HAS_PROTECTS) {
		decision = decision_for(ruling, &frame->victim);
		for (int n = 0; decision && n < POLICY_VICTIM_PROTECTS; n++)
			challenger__try_nth(frame, ruling, decision, n, action, ret);
	}
	if (!ret->rule && !limit->shadow && action == POLICY_ACTION_CHALLENGE)
		*ret = (struct challenger){limit->rule, true, ruling->image->header.trust};
}

static __always_inline void challenger__verifies(const struct challenger *challenger,
						 const struct judged_frame *frame,
						 const struct ruling *ruling)
{
	if (verified__add(&frame->source, ruling->now, challenger->trust) && !challenger->limit)
		attack__verified(&frame->victim, challenger->rule);
}

static __always_inline __u32 ruling_epoch(const struct ruling *ruling)
{
	return policy_epoch(&ruling->image->header, ruling->now);
}

/* Step 6 of a RST. Return: false if it does not decide. */
static __always_inline bool judge_rst(FRAME_CONTEXT *context, __u32 cpu,
				      struct verdict_counters *counters,
				      const struct ruling *ruling, struct judgement *ret)
{
	struct frame frame = frame_of(context);
	struct challenger challenger = {};
	const struct tcp_start *rst;
	struct tcp_start copy;

	rst = segment_of(&frame, &counters->frame, &copy);
	if (!rst || rst->flags & TCP_FLAG_BYTE_ACK)
		return false;
	challenger__find(&counters->frame, ruling, POLICY_ACTION_CHALLENGE, &challenger);
	if (!challenger.rule || !challenge__is_answered(cpu, rst, ruling_epoch(ruling)))
		return false;
	challenger__verifies(&challenger, &counters->frame, ruling);
	return decides(counters, false, REASON_VERIFIED_NOW, challenger.rule, ret);
}

/* Return: false, with the frame unchanged, if it cannot be answered. */
static __always_inline bool answer_ack(FRAME_CONTEXT *context, __u32 cpu,
				       const struct verdict_counters *counters, bool sampling)
{
	if (sampling)
		sample__keep(context, cpu, REASON_TX_RESET, counters->reasons[REASON_TX_RESET] + 1);
	return reset__put(context, cpu);
}

/* Step 6 of a segment without SYN, RST and FIN. Return: false if it does not decide. */
static __always_inline bool judge_ack(FRAME_CONTEXT *context, __u32 cpu,
				      struct verdict_counters *counters,
				      const struct ruling *ruling, bool sampling,
				      struct judgement *ret)
{
	const struct endpoint *source = &counters->frame.source;
	struct frame frame = frame_of(context);
	struct challenger challenger = {};
	const struct tcp_start *ack;
	struct tcp_start copy;

	ack = segment_of(&frame, &counters->frame, &copy);
	if (!ack || !(ack->flags & TCP_FLAG_BYTE_ACK))
		return false;
	challenger__find(&counters->frame, ruling, POLICY_ACTION_RESET, &challenger);
	if (!challenger.rule || verified__has(source, ruling->now, challenger.trust) ||
	    !reset__is_answered(cpu, ack, ruling_epoch(ruling)) ||
	    !answer_ack(context, cpu, counters, sampling))
		return false;
	challenger__verifies(&challenger, &counters->frame, ruling);
	return decides(counters, false, REASON_TX_RESET, challenger.rule, ret);
}

#endif
