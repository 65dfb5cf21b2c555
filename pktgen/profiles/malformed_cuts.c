// SPDX-License-Identifier: GPL-2.0-only
// malformed_cuts: valid frames of several kinds, cut at every byte as by a short snapshot length.
#include "pktgen/profiles/malformed.h"

#define IPV4_HEADER_BYTES 20
#define IPV6_HEADER_BYTES 40
#define EXTENSION_START_BYTES 8 /* needed to skip one */
#define TCP_BYTES_UP_TO_FLAGS 14

static bool cut_in_l3(const struct packet *packet, __u32 bytes)
{
	__u32 header = packet->ip_version == 6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;

	if (bytes < packet->l3_at + header)
		return true;
	for (int i = 0; i < packet->extensions; i++)
		if (bytes < (__u32)packet->extension_at[i] + EXTENSION_START_BYTES)
			return true;
	return false;
}

static enum frame_class class_when_cut(const struct generated_frame *whole, __u32 bytes)
{
	const struct packet *packet = &whole->packet;

	if (bytes < ETH_HLEN)
		return CLASS_RUNT;
	if (bytes < packet->l3_at)
		return CLASS_TRUNCATED_L2;
	if (packet->ip_version && cut_in_l3(packet, bytes))
		return CLASS_TRUNCATED_L3;
	if (packet->l4_checksum == IPPROTO_TCP &&
	    bytes < (__u32)packet->l4_at + TCP_BYTES_UP_TO_FLAGS)
		return CLASS_TRUNCATED_L4;
	return whole->class;
}

static void cut_frame(struct generated_frame *ret, __u32 bytes)
{
	if (bytes >= ret->packet.length)
		return;
	ret->class = class_when_cut(ret, bytes);
	ret->captured_bytes = bytes;
}

static void cut_ipv4(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv4(state, ret);
	cut_frame(ret, which);
}

static void cut_ipv4_options(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u8 nops[MAX_OPTION_BYTES] = {1, 1, 1, 1, 1, 1, 1, 1};

	emit_start(ret, &state->knobs->macs);
	packet__ipv4(&ret->packet, &state->from, &state->to, nops, sizeof(nops));
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from);
	cut_frame(ret, which);
}

static void cut_tags(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u16 tpids[MAX_VLAN_TAGS] = {ETH_P_8021AD, ETH_P_QINQ_LEGACY, ETH_P_8021Q,
						   ETH_P_8021Q};

	emit_start(ret, &state->knobs->macs);
	for (int i = 0; i < MAX_VLAN_TAGS; i++)
		packet__vlan(&ret->packet, tpids[i], i + 1);
	packet__ipv4(&ret->packet, &state->from, &state->to, NULL, 0);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from);
	cut_frame(ret, which);
}

static void cut_ipv6(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret);
	cut_frame(ret, which);
}

static void cut_extensions(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u8 types[] = {EXTENSION_HOP_BY_HOP, EXTENSION_DESTINATION, EXTENSION_ROUTING,
				     EXTENSION_FRAGMENT, EXTENSION_AUTHENTICATION};

	start_ipv6(state, ret);
	for (__u32 i = 0; i < sizeof(types); i++)
		add_extension(&ret->packet, types[i]);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
	cut_frame(ret, which);
}

static void cut_udp(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	start_ipv4(state, ret);
	packet__udp(&ret->packet, 53, random_port(&state->rng));
	emit_finish(ret, CLASS_IPV4_OTHER, &state->from);
	cut_frame(ret, which);
}

static void cut_udp_ipv6(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	start_ipv6(state, ret);
	packet__udp(&ret->packet, 53, random_port(&state->rng));
	emit_finish(ret, CLASS_IPV6_OTHER, &state->from6);
	cut_frame(ret, which);
}

const struct malformed_kind malformed_cuts[] = {
	{"cut IPv4", 0, cut_ipv4},
	{"cut IPv4 options", 0, cut_ipv4_options},
	{"cut VLAN tags", 0, cut_tags},
	{"cut IPv6", 0, cut_ipv6},
	{"cut IPv6 extensions", 0, cut_extensions},
	{"cut UDP", 0, cut_udp},
	{"cut UDP over IPv6", 0, cut_udp_ipv6},
	{},
};
