// SPDX-License-Identifier: GPL-2.0-only
// cookie_options: the TCP options of a SYN cookie, as the kernel would choose them. Also compiles
// on the host.
//
// The kernel keeps no state for a cookie: what it has to know about options it puts into the low
// bits of its timestamp, which the client echoes (tcp_syncookies.c). So these bits are the kernel's
// layout, and the timestamp is its clock in ms, never ahead of it: the client would take what the
// kernel sends next for old.
#ifndef XDP_COOKIE_OPTIONS_BPF_H
#define XDP_COOKIE_OPTIONS_BPF_H

#include "common/abi/policy.h"
#include "xdp/answer.bpf.h"
#include "xdp/policy.bpf.h"

#define SYN_TCP_BYTES (SYN_TCP_WORDS * 4)

#define TCP_OPTION_END 0
#define TCP_OPTION_NOP 1
#define TCP_OPTION_WINDOW_SCALE 3
#define TCP_OPTION_SACK_PERMITTED 4
#define TCP_OPTION_TIMESTAMPS 8
#define TCP_WINDOW_SCALE_BYTES 3
#define TCP_SACK_PERMITTED_BYTES 2
#define TCP_TIMESTAMPS_BYTES 10
#define TCP_MAX_WINDOW_SCALE 14 /* RFC 7323 */
#define TCP_FLAG_BYTE_ECE 0x40
#define TCP_FLAG_BYTE_CWR 0x80

#define COOKIE_TS_BITS 6
#define COOKIE_TS_NO_SCALE 0xf
#define COOKIE_TS_SACK 0x10
#define COOKIE_TS_ECN 0x20

/* Words of options. */
#define COOKIE_MSS_WORDS 1
#define COOKIE_TIMESTAMPS_WORDS 4 /* and SACK permitted */
#define COOKIE_SCALED_WORDS 5     /* and the window scale */

_Static_assert(COOKIE_SCALED_WORDS <= ANSWER_OPTIONS, "all options fit");

/* What a SYN asks for. A number, because the verifier knows nothing of what a global function
 * returns: it would follow each combination of known values through the loop. */
union syn_options {
	__u64 all;
	struct {
		__u8 offset; /* of the next option, in the TCP header */
		__u8 asked;  /* COOKIE_... */
		__u8 window_scale;
		__u8 padding;
		__u32 timestamp;
	};
};

static __always_inline void syn_options__note(union syn_options *options, const __u8 *option,
					      __u32 length)
{
	__u8 kind = option[0];

	if (kind == TCP_OPTION_SACK_PERMITTED && length == TCP_SACK_PERMITTED_BYTES)
		options->asked |= COOKIE_SACK;
	if (kind == TCP_OPTION_WINDOW_SCALE && length == TCP_WINDOW_SCALE_BYTES) {
		options->asked |= COOKIE_WINDOW_SCALE;
		options->window_scale = option[2];
	}
	if (kind == TCP_OPTION_TIMESTAMPS && length == TCP_TIMESTAMPS_BYTES) {
		options->asked |= COOKIE_TIMESTAMPS;
		options->timestamp = (__u32)option[2] << 24 | (__u32)option[3] << 16 |
				     (__u32)option[4] << 8 | option[5];
	}
}

/* Adds the option at its offset. @all, and Return: of union syn_options; at the last option, the
 * offset is that of the header's end. */
FRAME_FUNCTION __u64 syn_options__next(__u32 cpu, __u64 all)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	union syn_options options = {.all = all};
	__u32 offset = options.offset, length = 1;
	const __u8 *option;

	options.offset = SYN_TCP_BYTES;
	if (!counters || offset >= SYN_TCP_BYTES)
		return options.all;
	/* The mask, because what is read of an option that does not fit is in the map, too. */
	option = (const __u8 *)counters->syn.tcp + (offset & 63);
	if (option[0] == TCP_OPTION_END)
		return options.all;
	if (option[0] != TCP_OPTION_NOP) {
		length = option[1];
		if (length < 2 || offset + length > SYN_TCP_BYTES)
			return options.all;
		syn_options__note(&options, option, length);
	}
	options.offset = offset + length;
	return options.all;
}

/* Zeros follow a header of less than the greatest length. */
static __always_inline union syn_options syn_options__find(__u32 cpu)
{
	union syn_options options = {.offset = TCP_WORDS * 4};

	for (int i = 0; i < SYN_TCP_BYTES - TCP_WORDS * 4; i++) {
		options.all = syn_options__next(cpu, options.all);
		if (options.offset >= SYN_TCP_BYTES)
			break;
	}
	return options;
}

/* @carried: COOKIE_... Return: the clock in ms, or the last one before it, with these low bits. */
static __always_inline __u32 cookie__timestamp(__u64 now_ms, __u8 carried, __u8 window_scale)
{
	__u32 bits = carried & COOKIE_WINDOW_SCALE ? window_scale : COOKIE_TS_NO_SCALE;
	__u64 timestamp;

	bits |= carried & COOKIE_SACK ? COOKIE_TS_SACK : 0;
	bits |= carried & COOKIE_ECN ? COOKIE_TS_ECN : 0;
	timestamp = now_ms >> COOKIE_TS_BITS << COOKIE_TS_BITS | bits;
	return timestamp > now_ms ? timestamp - (1 << COOKIE_TS_BITS) : timestamp;
}

/**
 * cookie__set_options() - choose the options of an answer
 * @answer: its options, and ECE of its flags; the MSS is left out
 * @syn_flags: of the SYN
 * @now_ms: the kernel's clock of timestamps
 *
 * Return: COOKIE_..._WORDS
 */
static __always_inline __u32 cookie__set_options(struct answer *answer,
						 const struct cookie_settings *settings,
						 union syn_options options, __u8 syn_flags,
						 __u64 now_ms)
{
	const __u8 ecn = TCP_FLAG_BYTE_ECE | TCP_FLAG_BYTE_CWR;
	__u8 scale = options.window_scale, carried = options.asked;

	if ((syn_flags & ecn) == ecn)
		carried |= COOKIE_ECN;
	carried &= settings->options;
	if (!(carried & COOKIE_TIMESTAMPS))
		return COOKIE_MSS_WORDS;
	if (scale > TCP_MAX_WINDOW_SCALE)
		scale = TCP_MAX_WINDOW_SCALE;
	if (carried & COOKIE_ECN)
		answer->flags = TCP_FLAG_BYTE_ECE;
	answer->options[1] = (carried & COOKIE_SACK ? 0x0402u : 0x0101u) << 16 | 0x080a;
	answer->options[2] = cookie__timestamp(now_ms, carried, scale);
	answer->options[3] = options.timestamp;
	answer->options[4] = 0x01030300u | settings->window_scale;
	return carried & COOKIE_WINDOW_SCALE ? COOKIE_SCALED_WORDS : COOKIE_TIMESTAMPS_WORDS;
}

#endif
