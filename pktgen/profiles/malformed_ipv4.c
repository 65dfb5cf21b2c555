// SPDX-License-Identifier: GPL-2.0-only
// malformed_ipv4: malformed IPv4 headers.
#include <endian.h>

#include "pktgen/profiles/malformed.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TOTAL_BYTES 40 /* of a SYN without options */

static void finish_ipv4(struct generated_frame *ret, enum frame_class class)
{
	packet__checksum_ipv4(&ret->packet);
	ret->class = class;
}

static void make_ipv4_version(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct iphdr *ip = whole_ipv4(state, ret);

	ip->version = which < 4 ? which : which + 1;
	finish_ipv4(ret, CLASS_BAD_VERSION);
}

static void make_short_ihl(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret)->ihl = which;
	finish_ipv4(ret, CLASS_BAD_IHL);
}

/* From 7 words on, the total length ends before the flags, or inside the IPv4 header. */
static void make_long_ihl(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	__u32 ihl = 7 + which;

	whole_ipv4(state, ret)->ihl = ihl;
	finish_ipv4(ret, ihl * 4 > TOTAL_BYTES ? CLASS_BAD_TOTAL_LENGTH : CLASS_TRUNCATED_L4);
}

static void make_ipv4_total_length(struct malformed *state, __u32 which,
				   struct generated_frame *ret)
{
	whole_ipv4(state, ret)->tot_len = htobe16(which);
	if (which < 20)
		finish_ipv4(ret, CLASS_BAD_TOTAL_LENGTH);
	else
		finish_ipv4(ret, which < 34 ? CLASS_TRUNCATED_L4 : CLASS_SYN);
}

static void make_ipv4_total_length_beyond(struct malformed *state, __u32 which,
					  struct generated_frame *ret)
{
	static const __u16 lengths[] = {41, 1500, 65535};

	whole_ipv4(state, ret)->tot_len = htobe16(lengths[which]);
	finish_ipv4(ret, CLASS_SYN);
}

/* Enough for a header without options, too short for this one with its 4 bytes of options. */
static void make_ipv4_total_length_in_options(struct malformed *state, __u32 which,
					      struct generated_frame *ret)
{
	static const __u8 nops[] = {1, 1, 1, 1};
	struct iphdr *ip;

	emit_start(ret, &state->knobs->macs);
	ip = packet__ipv4(&ret->packet, &state->from, &state->to, nops, sizeof(nops));
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from);
	ip->tot_len = htobe16(20 + which);
	finish_ipv4(ret, CLASS_BAD_TOTAL_LENGTH);
}

static const __u8 other_protocols[] = {0, 4, 41, 43, 44, 47, 50, 51, 60, 89, 132, 255};

/* A TCP header after these protocol numbers. */
static void make_ipv4_protocol(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret)->protocol = other_protocols[which];
	finish_ipv4(ret, CLASS_IPV4_OTHER);
}

static const __u16 offsets[] = {1, 2, 100, 0x1fff, 0x2001};

/* A later fragment whose payload looks like a SYN. */
static void make_ipv4_offset(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret)->frag_off = htobe16(offsets[which]);
	finish_ipv4(ret, CLASS_FRAGMENT);
}

/* The reserved bit ("evil", RFC 3514), and DF together with MF. */
static void make_ipv4_fragment_flags(struct malformed *state, __u32 which,
				     struct generated_frame *ret)
{
	static const __u16 flags[] = {0x8000, 0x6000, 0xe000};

	whole_ipv4(state, ret)->frag_off = htobe16(flags[which]);
	finish_ipv4(ret, CLASS_SYN);
}

static void make_ipv4_ttl(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret)->ttl = which;
	finish_ipv4(ret, CLASS_SYN);
}

static void make_ipv4_checksum(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct iphdr *ip = whole_ipv4(state, ret);

	ip->check = which ? 0 : ~ip->check;
}

static const __u32 odd_sources[] = {0, 0x7f000001, 0xe0000001, 0xffffffff, 0xf0000001};

/* Addresses that are not valid sources; in the last case source and destination are the same. */
static void make_ipv4_source(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	if (which < COUNT_OF(odd_sources))
		state->from.words[0] = htobe32(odd_sources[which]);
	else
		state->from = state->to;
	whole_ipv4(state, ret);
}

static const __u8 broken_options[][8] = {
	{7, 0},         /* record route, length 0 */
	{7, 255, 4},    /* longer than the header */
	{7, 3, 255},    /* a pointer past its end */
	{131, 7, 4},    /* source route, to 0.0.0.0 */
	{68, 1, 0, 15}, /* a timestamp option with a length of 1 */
	{0, 7, 131, 9}, /* options after the end of the list */
	{255, 255, 255, 255, 255, 255, 255, 255},
};

static void make_ipv4_options(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	emit_start(ret, &state->knobs->macs);
	packet__ipv4(&ret->packet, &state->from, &state->to, broken_options[which],
		     sizeof(broken_options[0]));
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from);
}

/* Bytes after the total length, as Ethernet pads short frames. */
static void make_ipv4_trailer(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u32 lengths[] = {60, 64, 1514};

	whole_ipv4(state, ret);
	packet__fill(&ret->packet, lengths[which]);
	ret->captured_bytes = ret->packet.length;
}

const struct malformed_kind malformed_ipv4[] = {
	{"IPv4 version", 15, make_ipv4_version},
	{"IHL below 5", 5, make_short_ihl},
	{"IHL beyond the header", 9, make_long_ihl},
	{"IPv4 total length", TOTAL_BYTES, make_ipv4_total_length},
	{"IPv4 total length beyond the frame", 3, make_ipv4_total_length_beyond},
	{"IPv4 total length inside the options", 4, make_ipv4_total_length_in_options},
	{"IPv4 protocol", COUNT_OF(other_protocols), make_ipv4_protocol},
	{"fragment offset", COUNT_OF(offsets), make_ipv4_offset},
	{"fragment flags", 3, make_ipv4_fragment_flags},
	{"time to live", 2, make_ipv4_ttl},
	{"IPv4 checksum", 2, make_ipv4_checksum},
	{"IPv4 source", COUNT_OF(odd_sources) + 1, make_ipv4_source},
	{"IPv4 options", COUNT_OF(broken_options), make_ipv4_options},
	{"trailer", 3, make_ipv4_trailer},
	{},
};
