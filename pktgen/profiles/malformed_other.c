// SPDX-License-Identifier: GPL-2.0-only
// malformed_other: malformed Ethernet, VLAN and TCP headers.
#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "pktgen/profiles/malformed.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* 802.3 lengths, and EtherTypes of protocols that are not IP or encapsulate it. */
static const __u16 other_types[] = {
	0x0000,        0x0008, 46,     0x05dc, 0x0600, ETH_P_ARP, ETH_P_MPLS_UC,
	ETH_P_MPLS_MC, 0x8863, 0x8864, 0x88cc, 0x88e5, 0x88e7,    0x8903,
	0x8909,        0x8926, 0x893f, 0x9000, 0x9200, 0xffff,
};

static void write_type(struct generated_frame *ret, __u16 type)
{
	__be16 field = htobe16(type);

	memcpy(packet__bytes(&ret->packet) + offsetof(struct ethhdr, h_proto), &field,
	       sizeof(field));
}

static void make_other_type(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret);
	write_type(ret, other_types[which]);
	ret->class = CLASS_NON_IP;
}

/* IPv4 with the EtherType of IPv6, and the reverse. */
static void make_swapped_type(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	if (which)
		whole_ipv6(state, ret);
	else
		whole_ipv4(state, ret);
	write_type(ret, which ? ETH_P_IP : ETH_P_IPV6);
	ret->class = CLASS_BAD_VERSION;
}

/* Four to eight priority tags. */
static void make_tags(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	__u32 tags = MAX_VLAN_TAGS + which;

	emit_start(ret, &state->knobs->macs);
	for (__u32 i = 0; i < tags; i++)
		packet__vlan(&ret->packet, ETH_P_8021Q, 0xe000);
	packet__ipv4(&ret->packet, &state->from, &state->to, NULL, 0);
	add_syn(state, ret);
	emit_finish(ret, which ? CLASS_TOO_MANY_TAGS : CLASS_SYN, &state->from);
}

static void make_macs(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct ethhdr *eth;

	whole_ipv4(state, ret);
	eth = (struct ethhdr *)packet__bytes(&ret->packet);
	memset(eth->h_source, which ? 0xff : 0, ETH_ALEN);
	memset(eth->h_dest, which ? 0xff : 0, ETH_ALEN);
}

const struct malformed_kind malformed_links[] = {
	{"EtherType", COUNT_OF(other_types), make_other_type},
	{"EtherType of the other IP", 2, make_swapped_type},
	{"tags", 5, make_tags},
	{"Ethernet addresses", 2, make_macs},
	{},
};

/* Makes a valid SYN of either family; returns its TCP header. */
static struct tcphdr *whole_tcp(struct malformed *state, bool is_ipv6, struct generated_frame *ret)
{
	if (is_ipv6)
		whole_ipv6(state, ret);
	else
		whole_ipv4(state, ret);
	return (struct tcphdr *)(packet__bytes(&ret->packet) + ret->packet.l4_at);
}

/* Below 5 the header ends before its flags; above 5 it is longer than the segment. */
static void make_tcp_data_offset(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	__u32 words = which % 16;

	whole_tcp(state, which / 16, ret)->doff = words;
	if (words < 5)
		ret->class = CLASS_BAD_DATA_OFFSET;
}

static void make_tcp_flags(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	((__u8 *)whole_tcp(state, false, ret))[13] = which;
	ret->class = class_of_flags(which);
}

/* The reserved bits, one of which was the nonce sum of ECN. */
static void make_tcp_reserved(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	((__u8 *)whole_tcp(state, false, ret))[12] |= which + 1;
}

static void make_tcp_checksum(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct tcphdr *tcp = whole_tcp(state, which / 2, ret);

	tcp->check = which % 2 ? 0 : ~tcp->check;
}

static void make_tcp_port(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct tcphdr *tcp = whole_tcp(state, false, ret);

	if (which)
		tcp->source = 0;
	else
		tcp->dest = 0;
}

static const __u8 broken_options[][4] = {
	{2, 0}, /* MSS, length 0 */
	{2, 255, 5, 180},
	{8, 1, 0, 0},   /* timestamps, length 1 */
	{3, 4, 255, 0}, /* window scale, too long and too large */
	{0, 255, 255, 255},
	{254, 3, 0, 0},
};

static void make_tcp_options(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	struct segment segment = random_segment(state->knobs, &state->rng, TCP_SYN);

	segment.options = broken_options[which];
	segment.option_bytes = sizeof(broken_options[0]);
	start_ipv4(state, ret);
	packet__tcp(&ret->packet, &segment);
	emit_finish(ret, CLASS_SYN, &state->from);
}

const struct malformed_kind malformed_tcp[] = {
	{"data offset", 32, make_tcp_data_offset},
	{"TCP flags", 256, make_tcp_flags},
	{"reserved bits", 15, make_tcp_reserved},
	{"TCP checksum", 4, make_tcp_checksum},
	{"port 0", 2, make_tcp_port},
	{"TCP options", COUNT_OF(broken_options), make_tcp_options},
	{},
};
