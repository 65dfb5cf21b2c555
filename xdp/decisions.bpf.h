// SPDX-License-Identifier: GPL-2.0-only
// decisions: what a policy says about an address, and what a rule leads to. Also compiles on the
// host.
#ifndef XDP_DECISIONS_BPF_H
#define XDP_DECISIONS_BPF_H

#include <bpf/bpf_endian.h>

#include "common/abi/policy.h"
#include "xdp/policy.bpf.h"
#include "xdp/ranges.bpf.h"

#define REASON_DROP_BIT(constant, name, verdict, label) \
	((verdict) == XDP_DROP ? 1u << (constant) : 0) |
#define REASON_TX_BIT(constant, name, verdict, label) ((verdict) == XDP_TX ? 1u << (constant) : 0) |

static __always_inline enum xdp_action reason_verdict(enum policy_reason reason)
{
	if ((REASONS(REASON_DROP_BIT) 0u) >> reason & 1)
		return XDP_DROP;
	return (REASONS(REASON_TX_BIT) 0u) >> reason & 1 ? XDP_TX : XDP_PASS;
}
#undef REASON_DROP_BIT
#undef REASON_TX_BIT

static __always_inline void count_shadow(struct verdict_counters *counters,
					 enum policy_reason reason, __u8 rule)
{
	counters->shadow[reason]++;
	counters->rules[rule].shadow++;
	counters->last.shadow_reason = reason;
	counters->last.shadow_rule = rule;
}

/* Return: false if the rule is a shadow, and so does not decide. */
static __always_inline bool decides(struct verdict_counters *counters, bool shadow,
				    enum policy_reason reason, __u8 rule, struct judgement *ret)
{
	if (shadow) {
		count_shadow(counters, reason, rule);
		return false;
	}
	ret->reason = reason;
	ret->rule = rule;
	return true;
}

static __always_inline __u64 address_half(const struct endpoint *endpoint, int half)
{
	return (__u64)bpf_ntohl(endpoint->address[2 * half]) << 32 |
	       bpf_ntohl(endpoint->address[2 * half + 1]);
}

/* What holds for an address. Not inlined: both ends of a frame are looked up. */
static __noinline __u32 decision_number(const struct ruling *ruling,
					const struct endpoint *endpoint)
{
	const struct ranges_header *ranges = &ruling->image->ranges;

	if (endpoint->family == ENDPOINT_IPV4)
		return ranges__find_ipv4(ruling->chunks, ranges, bpf_ntohl(endpoint->address[0]));
	return ranges__find_ipv6(ruling->chunks, ranges, address_half(endpoint, 0),
				 address_half(endpoint, 1));
}

/* Return: NULL if nothing is listed. */
static __always_inline const struct policy_decision *decision_for(const struct ruling *ruling,
								  const struct endpoint *endpoint)
{
	__u32 part = endpoint->family == ENDPOINT_IPV4 ? POLICY_HAS_IPV4 : POLICY_HAS_IPV6;
	__u32 number;

	if (!(ruling->image->header.parts & part))
		return NULL;
	number = decision_number(ruling, endpoint);
	return number ? &ruling->image->decisions[number % POLICY_DECISIONS] : NULL;
}

static __always_inline bool port_is_in(const struct policy_image *image, __u8 set, __be16 port)
{
	__u16 number = bpf_ntohs(port);

	return !set ||
	       image->port_sets[set % POLICY_PORT_SETS].words[number / 64] >> number % 64 & 1;
}

#endif
