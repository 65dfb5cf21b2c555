// SPDX-License-Identifier: GPL-2.0-only
// headers: well-formed frames with extension headers, VLAN tags and options before TCP.
#include "pktgen/profiles/parts.h"

struct headers {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
};

static int init_headers(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct headers *state = opaque;

	(void)count, (void)why;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	return 0;
}

static void headers_pick_endpoints(struct headers *state, struct address *from, struct address *to)
{
	population__at(&state->senders, rng__below(&state->rng, state->knobs->sources), from);
	victims__pick(&state->knobs->victims, from, &state->rng, to);
}

/* Mostly SYNs. */
static __u8 random_flags(struct rng *rng)
{
	static const __u8 flags[] = {
		TCP_SYN,           TCP_SYN, TCP_SYN, TCP_SYN,           TCP_SYN | TCP_ECE | TCP_CWR,
		TCP_SYN | TCP_ACK, TCP_ACK, TCP_RST, TCP_FIN | TCP_ACK, TCP_PSH | TCP_ACK,
	};

	return flags[rng__below(rng, sizeof(flags))];
}

static enum frame_class add_tcp(struct headers *state, struct packet *packet, __u8 flags)
{
	struct segment segment = random_segment(state->knobs, &state->rng, flags);

	packet__tcp(packet, &segment);
	return class_of_flags(flags);
}

/* Next headers that end the chain without TCP: ESP, no next header, experimental. */
static enum frame_class add_opaque(struct headers *state, struct packet *packet)
{
	static const __u8 protocols[] = {50, 59, 253};

	packet__protocol(packet, protocols[rng__below(&state->rng, sizeof(protocols))]);
	packet__fill(packet, packet->length + 24);
	return CLASS_IPV6_OTHER;
}

static enum frame_class add_upper_layer(struct headers *state, struct packet *packet)
{
	struct rng *rng = &state->rng;

	switch (rng__below(rng, 16)) {
	case 0:
		packet__udp(packet, random_port(rng), 53);
		return CLASS_IPV6_OTHER;
	case 1:
		packet__echo(packet, 1, rng__next(rng));
		return CLASS_IPV6_OTHER;
	case 2:
		return add_opaque(state, packet);
	default:
		return add_tcp(state, packet, random_flags(rng));
	}
}

/* One frame in 16 is a later fragment, one has more extension headers than are skipped. */
static void next_ipv6(void *opaque, struct generated_frame *ret)
{
	struct headers *state = opaque;
	struct rng *rng = &state->rng;
	__u32 kind = rng__below(rng, 16);
	__u32 extensions = kind < 4 ? 0 : rng__below(rng, MAX_IPV6_EXTENSIONS + 1);
	enum frame_class class;
	struct address from, to;

	headers_pick_endpoints(state, &from, &to);
	emit_start(ret, &state->knobs->macs);
	packet__ipv6(&ret->packet, &from, &to);
	if (kind == 15)
		extensions = MAX_IPV6_EXTENSIONS + 1;
	for (__u32 i = 0; i < extensions; i++)
		add_extension(&ret->packet, random_extension(rng));
	if (kind == 14 && extensions < MAX_IPV6_EXTENSIONS) {
		__u32 units = 1 + rng__below(rng, 8191);
		__u64 random = rng__next(rng);

		add_fragment_header(&ret->packet, 8 * units, random & 1, random >> 32);
		packet__protocol(&ret->packet, IPPROTO_TCP);
		packet__fill(&ret->packet, ret->packet.length + 64);
		class = CLASS_FRAGMENT;
	} else {
		class = add_upper_layer(state, &ret->packet);
	}
	if (kind == 15)
		class = CLASS_TOO_MANY_EXTENSIONS;
	emit_finish(ret, class, &from);
}

static void add_tags(struct headers *state, struct packet *packet, int tags)
{
	static const __u16 tpids[] = {ETH_P_8021Q, ETH_P_8021AD, ETH_P_QINQ_LEGACY};

	for (int i = 0; i < tags; i++) {
		__u16 tpid = tpids[rng__below(&state->rng, 3)];

		packet__vlan(packet, tpid, rng__next(&state->rng));
	}
}

static enum frame_class add_arp(struct packet *packet)
{
	/* A request for IPv4 over Ethernet; the addresses do not matter. */
	static const __u8 arp[28] = {0, 1, 8, 0, 6, 4, 0, 1};

	packet__ethertype(packet, ETH_P_ARP);
	packet__append(packet, arp, sizeof(arp));
	return CLASS_NON_IP;
}

static void next_vlan(void *opaque, struct generated_frame *ret)
{
	struct headers *state = opaque;
	struct rng *rng = &state->rng;
	int tags = state->knobs->tags;
	enum frame_class class;
	struct address from, to;

	if (tags < 0)
		tags = rng__below(rng, MAX_VLAN_TAGS + 2);
	headers_pick_endpoints(state, &from, &to);
	emit_start(ret, &state->knobs->macs);
	add_tags(state, &ret->packet, tags);
	switch (rng__below(rng, 16)) {
	case 0:
		class = add_arp(&ret->packet);
		break;
	case 1:
		packet__ip(&ret->packet, &from, &to);
		packet__udp(&ret->packet, random_port(rng), 53);
		class = other_class(&from);
		break;
	default:
		packet__ip(&ret->packet, &from, &to);
		class = add_tcp(state, &ret->packet, random_flags(rng));
	}
	emit_finish(ret, tags > MAX_VLAN_TAGS ? CLASS_TOO_MANY_TAGS : class, &from);
}

static void next_options(void *opaque, struct generated_frame *ret)
{
	struct headers *state = opaque;
	struct rng *rng = &state->rng;
	__u8 ip_options[MAX_OPTION_BYTES], tcp_options[MAX_OPTION_BYTES];
	__u32 ip_option_bytes = random_ip_options(rng, ip_options);
	struct segment segment = random_segment(state->knobs, rng, random_flags(rng));
	struct address from, to;

	segment.options = tcp_options;
	segment.option_bytes = random_tcp_options(rng, tcp_options);
	headers_pick_endpoints(state, &from, &to);
	emit_start(ret, &state->knobs->macs);
	if (from.is_ipv6)
		packet__ipv6(&ret->packet, &from, &to);
	else
		packet__ipv4(&ret->packet, &from, &to, ip_options, ip_option_bytes);
	packet__tcp(&ret->packet, &segment);
	packet__fill(&ret->packet, ret->packet.length + rng__below(rng, 33));
	emit_finish(ret, class_of_flags(segment.flags), &from);
}

#define KNOBS_OF_HEADERS (KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES))

const struct profile profile_ipv6 = {
	.name = "ipv6",
	.summary = "TCP and others behind 0 to 9 extension headers, with fragments",
	.knobs = KNOBS_OF_HEADERS,
	.default_count = 1000000,
	.defaults = {{KNOB_FAMILY, "ipv6"}, {KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct headers),
	.init = init_headers,
	.next = next_ipv6,
};

const struct profile profile_vlan = {
	.name = "vlan",
	.summary = "IPv4, IPv6 and ARP behind VLAN tags of all three EtherTypes",
	.knobs = KNOBS_OF_HEADERS | KNOB_BIT(FAMILY) | KNOB_BIT(TAGS),
	.default_count = 1000000,
	.defaults = {{KNOB_FAMILY, "dual"}, {KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct headers),
	.init = init_headers,
	.next = next_vlan,
};

const struct profile profile_options = {
	.name = "options",
	.summary = "TCP with IPv4 and TCP options of every length, ECN, and payload",
	.knobs = KNOBS_OF_HEADERS | KNOB_BIT(FAMILY),
	.default_count = 1000000,
	.defaults = {{KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct headers),
	.init = init_headers,
	.next = next_options,
};
