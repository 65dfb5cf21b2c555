// SPDX-License-Identifier: GPL-2.0-only
// judge: what happens to a frame under a policy, in a fixed order. Also compiles on the host.
//
// The first that matches decides; a shadow rule counts what it would have done, and goes on:
//   1. No policy, no IP header, or IPv6 neighbour discovery: pass.
//   2. Source listed as management, for the destination port if ports are given: pass.
//   3. Source listed by allow: pass.
//   4. Source listed by deny: drop.
//   5. A first fragment that ends before the TCP flags, if the policy says so: drop. It may hide a
//      SYN, which the receiver puts together (RFC 3128).
//   6. RST that answers a challenge: its source is verified, and it passes. ACK that completes a
//      handshake of the action reset: its source is verified, and gets a RST.
//   7. SYN to a protected victim under attack: a verified source passes below the rule's limit; for
//      any other, the rule's action.
//   8. SYN of a source above the policy's limit: drop if the source is verified, else challenge it.
//   9. Pass. What is neither a SYN nor denied gets here: established connections go on.
#ifndef XDP_JUDGE_BPF_H
#define XDP_JUDGE_BPF_H

#include "common/abi/policy.h"
#include "xdp/challenge.bpf.h"
#include "xdp/challenger.bpf.h"
#include "xdp/cookie.bpf.h"
#include "xdp/count.bpf.h"
#include "xdp/decisions.bpf.h"
#include "xdp/limit.bpf.h"
#include "xdp/parse.bpf.h"
#include "xdp/policy.bpf.h"
#include "xdp/protect.bpf.h"
#include "xdp/sample.bpf.h"
#include "xdp/verified.bpf.h"

static __always_inline bool is_listed(const struct policy_decision *decision,
				      enum policy_listing listing, __u64 now)
{
	return decision->rules[listing] && now < decision->until[listing];
}

/* Steps 2 to 4. Return: false if the lists do not decide. */
static __always_inline bool judge_by_lists(struct verdict_counters *counters,
					   const struct ruling *ruling, struct judgement *ret)
{
	const struct judged_frame *frame = &counters->frame;
	const struct policy_decision *decision = decision_for(ruling, &frame->source);

	if (!decision)
		return false;
	if (decision->management_rule &&
	    port_is_in(ruling->image, decision->management_ports, frame->victim.port))
		return decides(counters, false, REASON_PASS_MANAGEMENT, decision->management_rule,
			       ret);
	if (is_listed(decision, LISTED_ALLOW, ruling->now))
		return decides(counters, false, REASON_PASS_ALLOW, decision->rules[LISTED_ALLOW],
			       ret);
	if (is_listed(decision, LISTED_DENY_SHADOW, ruling->now))
		count_shadow(counters, REASON_DROP_DENY, decision->rules[LISTED_DENY_SHADOW]);
	return is_listed(decision, LISTED_DENY, ruling->now) &&
	       decides(counters, false, REASON_DROP_DENY, decision->rules[LISTED_DENY], ret);
}

/* Step 5. Return: false if it does not decide. */
static __always_inline bool judge_fragment(struct verdict_counters *counters,
					   const struct policy_header *header,
					   struct judgement *ret)
{
	const struct judged_frame *frame = &counters->frame;

	if (frame->class != CLASS_TRUNCATED_L4 || !(frame->marks & MARK_FRAGMENTED) ||
	    !header->tiny_fragment_rule)
		return false;
	return decides(counters, header->tiny_fragment_shadow, REASON_DROP_TINY_FRAGMENT,
		       header->tiny_fragment_rule, ret);
}

/* The outcome for a SYN of a source that is not verified. */
static __always_inline enum policy_reason action_reason(enum policy_action action)
{
	return action == POLICY_ACTION_CHALLENGE ? REASON_TX_CHALLENGE
	       : action == POLICY_ACTION_RESET   ? REASON_TX_RESET
	       : action == POLICY_ACTION_COOKIE  ? REASON_TX_COOKIE
						 : REASON_DROP_ATTACK;
}

/* Step 7 for a victim under attack by an enforced rule. */
static __always_inline struct judgement
judge_attack(const struct judged_frame *frame, const struct policy_protect *protect, __u64 now)
{
	struct judgement judgement = {.reason = REASON_PASS_VERIFIED, .rule = protect->rule};

	if (!verified__has(&frame->source, now, protect->trust))
		judgement.reason = action_reason(protect->action);
	else if (protect->limit.rule && !limit__takes(&frame->source, &protect->limit, now))
		judgement.reason = REASON_DROP_ATTACK_LIMIT;
	return judgement;
}

/* Step 7 for a shadow rule. */
static __always_inline void judge_attack_in_shadow(struct verdict_counters *counters,
						   const struct policy_protect *protect, __u64 now)
{
	const struct judged_frame *frame = &counters->frame;

	if (verified__has(&frame->source, now, protect->trust))
		return;
	count_shadow(counters, action_reason(protect->action), protect->rule);
	protect__stopped(counters, &frame->victim, protect->rule, false);
}

/* Step 7 by one rule. @ret: its rule is set if the rule is the victim's. Return: true if it
 * decides. */
static __noinline bool judge_by_protect(struct verdict_counters *counters,
					const struct ruling *ruling, __u8 number,
					struct judgement *ret)
{
	const struct policy_protect *protect = &ruling->image->protects[number % POLICY_PROTECTS];
	const struct judged_frame *frame = &counters->frame;

	if (!protect__is_attacked(counters, ruling, number, &frame->victim) && !protect->always) {
		if (!protect->shadow)
			ret->rule = protect->rule;
		return false;
	}
	if (protect->shadow) {
		judge_attack_in_shadow(counters, protect, ruling->now);
		return false;
	}
	*ret = judge_attack(frame, protect, ruling->now);
	if (reason_verdict(ret->reason) == XDP_DROP)
		protect__stopped(counters, &frame->victim, protect->rule, false);
	return true;
}

/* Step 7 by the @n-th of the rules that may protect the victim. */
static __always_inline bool judge_by_nth(struct verdict_counters *counters,
					 const struct ruling *ruling,
					 const struct policy_decision *decision, int n,
					 struct judgement *ret)
{
	__u8 number = decision->protects[n] - 1;

	if (!decision->protects[n] || ret->rule)
		return false;
	return port_is_in(ruling->image, ruling->image->protects[number % POLICY_PROTECTS].ports,
			  counters->frame.victim.port) &&
	       judge_by_protect(counters, ruling, number, ret);
}

_Static_assert(POLICY_VICTIM_PROTECTS == 4, "judge_by_victim() tries each");

/*
 * Step 7. @ret: its rule is set if an enforced rule protects the victim, which is calm. Not a loop,
 * because Linux 5.10 refuses those that clang enters in their middle.
 * Return: false if no rule decides.
 */
static __always_inline bool judge_by_victim(struct verdict_counters *counters,
					    const struct ruling *ruling, struct judgement *ret)
{
	const struct policy_decision *decision = decision_for(ruling, &counters->frame.victim);

	return decision && (judge_by_nth(counters, ruling, decision, 0, ret) ||
			    judge_by_nth(counters, ruling, decision, 1, ret) ||
			    judge_by_nth(counters, ruling, decision, 2, ret) ||
			    judge_by_nth(counters, ruling, decision, 3, ret));
}

/* Step 8 for a source above the limit. */
static __always_inline enum policy_reason limit_reason(const struct endpoint *source,
						       const struct ruling *ruling)
{
	return verified__has(source, ruling->now, ruling->image->header.trust)
		       ? REASON_DROP_LIMIT
		       : REASON_TX_CHALLENGE;
}

/* Steps 7 to 9 of a SYN. */
static __always_inline struct judgement judge_syn(struct verdict_counters *counters,
						  const struct ruling *ruling)
{
	const struct policy_limit *limit = &ruling->image->header.limit;
	struct judgement judgement = {};

	if (ruling->image->header.parts & POLICY_HAS_PROTECTS &&
	    judge_by_victim(counters, ruling, &judgement))
		return judgement;
	if (limit->rule) {
		if (!limit__takes(&counters->frame.source, limit, ruling->now)) {
			if (decides(counters, limit->shadow,
				    limit_reason(&counters->frame.source, ruling), limit->rule,
				    &judgement))
				return judgement;
		} else if (!limit->shadow && !judgement.rule) {
			judgement.rule = limit->rule;
		}
	}
	judgement.reason = judgement.rule ? REASON_PASS_BELOW : REASON_PASS_DEFAULT;
	return judgement;
}

/* Return: true if no more answers are due in this second. */
static __always_inline bool is_above_answer_limit(struct verdict_counters *counters,
						  const struct ruling *ruling)
{
	const struct policy_header *header = &ruling->image->header;

	return header->answer_period &&
	       bucket__pour(&counters->answers_until, ruling->now << POLICY_TICK_BITS,
			    header->answer_period, (__u64)header->hz << POLICY_TICK_BITS);
}

static __always_inline enum policy_reason put_cookie(FRAME_CONTEXT *context, __u32 cpu)
{
	int outcome = cookie__put(context, cpu);

	return outcome == COOKIE_PUT            ? REASON_TX_COOKIE
	       : outcome == COOKIE_BAD_CHECKSUM ? REASON_DROP_BAD_CHECKSUM
						: REASON_COOKIE_REFUSED;
}

/* Answers a SYN. Return: what came of it. */
static __always_inline enum policy_reason answer_syn(FRAME_CONTEXT *context, __u32 cpu,
						     struct verdict_counters *counters,
						     const struct ruling *ruling,
						     enum policy_reason reason, bool sampling)
{
	if (peek)
		return reason;
	if (raw_ip || counters->cannot_answer)
		return REASON_NOT_ANSWERABLE;
	if (is_above_answer_limit(counters, ruling))
		return REASON_DROP_ANSWER_LIMIT;
	if (sampling)
		sample__keep(context, cpu, reason, counters->reasons[reason] + 1);
	if (reason == REASON_TX_COOKIE)
		return put_cookie(context, cpu);
	if (!challenge__put(context, cpu, ruling_epoch(ruling),
			    reason == REASON_TX_RESET ? POLICY_ACTION_RESET
						      : POLICY_ACTION_CHALLENGE))
		return REASON_NOT_ANSWERABLE;
	return reason;
}

static __always_inline struct judgement judge_answered(FRAME_CONTEXT *context, __u32 cpu,
						       struct verdict_counters *counters,
						       const struct ruling *ruling, bool sampling)
{
	struct judgement judgement = judge_syn(counters, ruling);

	if (reason_verdict(judgement.reason) != XDP_TX)
		return judgement;
	judgement.reason = answer_syn(context, cpu, counters, ruling, judgement.reason, sampling);
	if (reason_verdict(judgement.reason) != XDP_PASS)
		protect__stopped(counters, &counters->frame.victim, judgement.rule,
				 reason_verdict(judgement.reason) == XDP_TX);
	return judgement;
}

static __always_inline struct judgement
judge_frame(FRAME_CONTEXT *context, __u32 cpu, struct verdict_counters *counters, bool sampling)
{
	const struct judged_frame *frame = &counters->frame;
	struct judgement judgement = {};
	struct ruling ruling;

	if (!frame->source.family || frame->marks & MARK_NEIGHBOUR ||
	    !policy__find(counters, &ruling))
		return judgement;
	if (ruling.image->header.parts & POLICY_HAS_LISTS &&
	    judge_by_lists(counters, &ruling, &judgement))
		return judgement;
	if (frame->class == CLASS_SYN || peek) /* which is given nothing else */
		return judge_answered(context, cpu, counters, &ruling, sampling);
	if (frame->class == CLASS_RST)
		judge_rst(context, cpu, counters, &ruling, &judgement);
	else if (frame->class == CLASS_TCP_OTHER && ruling.image->header.parts & POLICY_HAS_RESETS)
		judge_ack(context, cpu, counters, &ruling, sampling, &judgement);
	else
		judge_fragment(counters, &ruling.image->header, &judgement);
	return judgement;
}

/* Attacks are counted by victim: under spoofing their sources are fiction. */
static __always_inline bool is_for_source(enum policy_reason reason)
{
	return reason == REASON_DROP_DENY || reason == REASON_DROP_LIMIT ||
	       reason == REASON_DROP_ATTACK_LIMIT;
}

FRAME_FUNCTION int count_dropped(__u32 cpu)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	struct table_query query;

	if (!counters)
		return 0;
	make_query(TABLE_DROPPED, &counters->frame.source, &query);
	count_endpoint(&MAPS_OF(TABLE_DROPPED, dropped), cpu, &query);
	return 0;
}

/* Word by word, as the parser writes them: a CPU cannot forward two stores to one wider load, and
 * would wait until they are in its cache. */
static __always_inline void copy_endpoint(struct endpoint *to, const struct endpoint *from)
{
	for (int i = 0; i < 4; i++) {
		__be32 word = from->address[i];

		barrier_var(word);
		to->address[i] = word;
	}
	to->port = from->port;
	to->family = from->family;
}

/* Return: false if no rule can match a frame. Without lists, that is most frames. */
static __always_inline bool may_match(const struct policy_header *header, enum frame_class class)
{
	if (header->parts & POLICY_HAS_LISTS)
		return true;
	/* SYNs, and what answers a challenge or a handshake that is to be reset. */
	if (class == CLASS_SYN || class == CLASS_RST)
		return header->parts & POLICY_HAS_PROTECTS || header->limit.rule;
	if (class == CLASS_TCP_OTHER)
		return header->parts & POLICY_HAS_RESETS;
	return class == CLASS_TRUNCATED_L4 && header->tiny_fragment_rule;
}

/* Return: false if a frame passes, whatever it is. */
static __always_inline bool is_to_be_judged(const struct verdict_counters *counters,
					    enum frame_class class)
{
	struct ruling ruling;

	if (virtual_clock || peek) /* what runs these reads the frame */
		return true;
	return policy__find(counters, &ruling) && may_match(&ruling.image->header, class);
}

/*
 * Hands a frame over. Before its endpoints are counted, which changes @request. The policy may be
 * replaced before judge() looks it up: the frame then is judged by the new one as a whole.
 *
 * Return: false if there is nothing to judge: the frame passes, and its reason is counted.
 */
static __always_inline bool judge__present(__u32 cpu, enum frame_class class,
					   const struct request *request)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);

	if (!counters)
		return false;
	if (!is_to_be_judged(counters, class)) {
		counters->reasons[REASON_PASS_DEFAULT]++;
		return false;
	}
	copy_endpoint(&counters->frame.source, &request->source);
	copy_endpoint(&counters->frame.victim, &request->victim);
	counters->frame.class = class;
	counters->frame.marks = request->marks;
	counters->frame.ip_offset = request->ip_offset;
	counters->frame.tcp_offset = request->tcp_offset;
	if (virtual_clock || peek)
		counters->last = (struct judgement){};
	return true;
}

/* A frame's reason is counted. */
static __always_inline void sample__reason(FRAME_CONTEXT *context, __u32 cpu,
					   const struct verdict_counters *counters,
					   const struct judgement *judgement)
{
	__u8 verdict = reason_verdict(judgement->reason) | SAMPLE_BY_REASON;

	sample__counted(context, cpu, counters->reasons[judgement->reason],
			sample_pack(judgement->reason, judgement->rule, verdict));
}

/* @sampling: a constant. Return: the verdict. */
static __always_inline int judge_with(FRAME_CONTEXT *context, __u32 cpu, bool sampling)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	struct judgement judgement;

	if (!counters)
		return XDP_PASS;
	judgement = judge_frame(context, cpu, counters, sampling);
	if (judgement.rule)
		counters->rules[judgement.rule].matched++;
	if (judgement.reason >= REASON_COUNT)
		return XDP_PASS;
	if (virtual_clock || peek) {
		counters->last.reason = judgement.reason;
		counters->last.rule = judgement.rule;
	}
	counters->reasons[judgement.reason]++;
	if (is_for_source(judgement.reason) && !peek)
		count_dropped(cpu);
	if (sampling)
		sample__reason(context, cpu, counters, &judgement);
	return reason_verdict(judgement.reason);
}

/* A global function, see classify_behind_extensions(). */
FRAME_FUNCTION int judge(FRAME_CONTEXT *context, __u32 cpu)
{
	return judge_with(context, cpu, false);
}

#ifndef WITHOUT_SAMPLING
FRAME_FUNCTION int judge_sampling(FRAME_CONTEXT *context, __u32 cpu)
{
	return judge_with(context, cpu, true);
}
#else
#define judge_sampling judge
#endif

#endif
