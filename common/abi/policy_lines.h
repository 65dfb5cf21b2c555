// SPDX-License-Identifier: GPL-2.0-only
// policy_lines: where a source's clocks are; for BPF, and for whoever writes trust by hand.
#ifndef COMMON_ABI_POLICY_LINES_H
#define COMMON_ABI_POLICY_LINES_H

#include "common/abi/hash.h"
#include "common/abi/policy.h"

/* The hash of a source as limits know it: an IPv4 address or an IPv6 /64, which one host owns. */
static __always_inline __u64 limit__hash(const volatile __u64 *seeds, const struct endpoint *source)
{
	__u64 last = (__u64)source->family << 16;
	__u64 hash = (seeds[0] + source->address[1]) * (seeds[1] + source->address[0]);

	return hash__mix(hash + seeds[4] * (seeds[5] + last));
}

static __always_inline __u32 clock_tag(__u64 clock)
{
	return clock >> 32;
}

/* The way of a source's clock; POLICY_LINE_WAYS: it has none. */
static __always_inline __u32 line__find(const struct policy_line *line, __u32 tag)
{
	__u32 found = POLICY_LINE_WAYS;

	for (int way = 0; way < POLICY_LINE_WAYS; way++)
		if (clock_tag(line->clocks[way]) == tag)
			found = way;
	return found;
}

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

/** line__verify() - note a source, in the place of whichever ends first if it has none. */
static __always_inline void line__verify(struct policy_line *line, __u32 tag, __u64 now,
					 __u64 trust)
{
	__u32 way = line__find(line, tag);

	line__trust(line, way < POLICY_LINE_WAYS ? way : line__first_to_end(line, now), tag, now,
		    trust);
}

#endif
