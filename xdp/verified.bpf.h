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
#include "common/abi/policy_lines.h"
#include "xdp/limit.bpf.h"
#include "xdp/policy.bpf.h"

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
