// SPDX-License-Identifier: GPL-2.0-only
// limit: rates of SYNs by source. Also compiles on the host.
//
// A source's limit is a clock that each of its SYNs advances by a period, and that time catches up
// with (GCRA: ITU-T I.371). How far it is ahead is the source's level; above the tolerance, its
// SYNs are over the limit and no longer advance the clock. A clock that time has caught up with
// says nothing: it may be replaced, and a source without a clock is at level 0. So a flood from
// spoofed addresses evicts nothing that matters, and no source is blamed for another's SYNs.
//
// Clocks have 32 bits. One that is further ahead than any SYN could have advanced it is from before
// they last wrapped (2^24 jiffies), and at level 0 as well.
//
// Several CPUs share a line without a lock: each stores a whole clock, so that a race loses a SYN,
// but mixes no two sources.
#ifndef XDP_LIMIT_BPF_H
#define XDP_LIMIT_BPF_H

#include "common/abi/hash.h"
#include "common/abi/policy.h"
#include "common/abi/policy_lines.h"
#include "xdp/policy.bpf.h"

static __always_inline __u32 clock_level(__u64 clock, const struct policy_limit *limit, __u32 time)
{
	__u32 ahead = (__u32)clock - time;

	return ahead <= limit->tolerance + 2 * limit->period ? ahead : 0;
}

/* The way of the clock at the lowest level, without branches, see set__smallest(). */
static __always_inline __u32 line__lowest(const struct policy_line *line,
					  const struct policy_limit *limit, __u32 time)
{
	__u64 lowest = ~0ull >> 1;

	barrier_var(line); /* else clang keeps all clocks that were compared, on the stack */
	for (int way = 0; way < POLICY_LINE_WAYS; way++) {
		__u64 level = (__u64)clock_level(line->clocks[way], limit, time) << 3 | way;
		__s64 if_lower = (__s64)(level - lowest) >> 63;

		barrier_var(if_lower);
		lowest += (level - lowest) & if_lower;
	}
	return lowest & (POLICY_LINE_WAYS - 1);
}

/**
 * line__takes() - one more SYN of a source
 * @now: jiffies
 * @keep: leave the clock as it is
 *
 * Return: false if it is above the limit.
 */
static __always_inline bool line__takes(struct policy_line *line, __u32 tag,
					const struct policy_limit *limit, __u64 now, bool keep)
{
	__u32 time = now << 8, level = 0;
	__u32 way = line__find(line, tag);

	if (way < POLICY_LINE_WAYS)
		level = clock_level(line->clocks[way], limit, time);
	else
		way = line__lowest(line, limit, time);
	if (level > limit->tolerance)
		return false;
	if (!keep)
		*(volatile __u64 *)&line->clocks[way % POLICY_LINE_WAYS] =
			(__u64)tag << 32 | (__u32)(time + level + limit->period);
	return true;
}

/* Return: the line of a source, or NULL. */
static __always_inline struct policy_line *line_of(void *lines, __u32 count, __u64 hash)
{
	__u32 number = hash__scale(hash, count);

	return bpf_map_lookup_elem(lines, &number);
}

/* Return: false if a SYN is above the limit. */
static __always_inline bool limit__takes(const struct endpoint *source,
					 const struct policy_limit *limit, __u64 now)
{
	__u64 hash = limit__hash(policy_config.seeds, source);
	struct policy_line *line = line_of(&limits, policy_config.limit_lines, hash);

	return !line || line__takes(line, bucket__tag(hash), limit, now, peek);
}

#endif
