// SPDX-License-Identifier: GPL-2.0-only
// verified: sources that have proved that they receive what is sent to them. Also compiles on the
// host.
//
// A source is in a line of eight, until its time ends. A line that is full loses the one that would
// end first. Only who answers a challenge gets in: a flood from spoofed addresses evicts no one.
#ifndef XDP_VERIFIED_BPF_H
#define XDP_VERIFIED_BPF_H

#include "common/abi/hash.h"
#include "common/abi/policy.h"
#include "xdp/limit.bpf.h"
#include "xdp/policy.bpf.h"

/* How long a source stays verified, in units of 2^POLICY_TRUST_BITS jiffies; 0: it is not. */
static __always_inline __u32 trust_left(__u64 clock, __u64 now)
{
	__u32 left = (__u32)clock - (__u32)(now >> POLICY_TRUST_BITS);

	return clock && left <= 0x7fffffff ? left : 0;
}

/* The way of the source whose time ends first. */
static __always_inline __u32 line__first_to_end(const struct policy_line *line, __u64 now)
{
	__u64 first = ~0ull;

	for (int way = 0; way < POLICY_LINE_WAYS; way++) {
		__u64 left = (__u64)trust_left(line->clocks[way], now) << 3 | way;

		if (left < first)
			first = left;
	}
	return first & (POLICY_LINE_WAYS - 1);
}

static __always_inline void line__trust(struct policy_line *line, __u32 way, __u32 tag, __u64 now,
					__u64 trust)
{
	*(volatile __u64 *)&line->clocks[way % POLICY_LINE_WAYS] =
		(__u64)tag << 32 | (__u32)((now + trust) >> POLICY_TRUST_BITS);
}

/**
 * verified__has() - true if a source has proved its address
 * @trust: jiffies; use in the second half of the time renews it
 */
static __always_inline bool verified__has(const struct endpoint *source, __u64 now, __u64 trust)
{
	__u64 hash = limit__hash(policy_config.seeds, source);
	struct policy_line *line = line_of(&verified, policy_config.verified_lines, hash);
	__u32 way, left;

	if (!line)
		return false;
	way = line__find(line, bucket__tag(hash));
	if (way >= POLICY_LINE_WAYS)
		return false;
	left = trust_left(line->clocks[way], now);
	if (!left)
		return false;
	if (!peek && left < trust >> (POLICY_TRUST_BITS + 1))
		line__trust(line, way, bucket__tag(hash), now, trust);
	return true;
}

/**
 * verified__add() - a source has proved its address
 * @trust: jiffies
 *
 * Return: true if it was not verified until now.
 */
static __always_inline bool verified__add(const struct endpoint *source, __u64 now, __u64 trust)
{
	__u64 hash = limit__hash(policy_config.seeds, source);
	struct policy_line *line = line_of(&verified, policy_config.verified_lines, hash);
	__u32 tag = bucket__tag(hash), way;
	bool is_new = true;

	if (!line || peek)
		return false;
	way = line__find(line, tag);
	if (way < POLICY_LINE_WAYS)
		is_new = !trust_left(line->clocks[way], now);
	else
		way = line__first_to_end(line, now);
	line__trust(line, way, tag, now, trust);
	return is_new;
}

#endif
