// SPDX-License-Identifier: GPL-2.0-only
// fragments: TCP and UDP cut into fragments of every size, in and out of order.
#include <endian.h>

#include "pktgen/profiles/parts.h"

#define IP_MORE_FRAGMENTS 0x2000
#define TCP_BYTES_UP_TO_FLAGS 14
#define MAX_PAYLOAD_BYTES 256

struct fragments {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
	struct packet datagram; /* unfragmented; the fragments carry its layer 4 */
	struct address from;
	struct address to;
	__u8 protocol;
	enum frame_class class; /* of the unfragmented datagram */
	__u32 id;
	__u32 piece_bytes; /* per fragment except the last; a multiple of 8 */
	__u32 pieces;
	__u32 sent;
	bool backwards;
};

static int init_fragments(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct fragments *state = opaque;

	(void)count, (void)why;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	return 0;
}

static void build_datagram(struct fragments *state)
{
	struct rng *rng = &state->rng;
	__u8 flags = rng__below(rng, 4) ? TCP_SYN : TCP_ACK;
	struct segment segment = random_segment(state->knobs, rng, flags);

	packet__start(&state->datagram, &state->knobs->macs);
	packet__ip(&state->datagram, &state->from, &state->to);
	if (rng__below(rng, 8)) {
		state->protocol = IPPROTO_TCP;
		state->class = class_of_flags(flags);
		packet__tcp(&state->datagram, &segment);
	} else {
		state->protocol = IPPROTO_UDP;
		state->class = other_class(&state->from);
		packet__udp(&state->datagram, segment.source_port, segment.destination_port);
	}
	packet__fill(&state->datagram,
		     state->datagram.length + rng__below(rng, MAX_PAYLOAD_BYTES + 1));
	packet__finish(&state->datagram);
}

static void start_datagram(struct fragments *state)
{
	static const __u32 sizes[] = {8, 16, 24, 64, 256};
	struct rng *rng = &state->rng;
	__u32 bytes;

	population__at(&state->senders, rng__below(rng, state->knobs->sources), &state->from);
	victims__pick(&state->knobs->victims, &state->from, rng, &state->to);
	build_datagram(state);
	bytes = state->datagram.length - state->datagram.l4_at;
	state->id = rng__next(rng);
	state->piece_bytes = sizes[rng__below(rng, sizeof(sizes) / sizeof(sizes[0]))];
	state->pieces = (bytes + state->piece_bytes - 1) / state->piece_bytes;
	state->sent = 0;
	state->backwards = !rng__below(rng, 3);
}

static void add_ip(const struct fragments *state, __u32 offset, bool more, struct packet *packet)
{
	struct iphdr *ip;

	if (state->from.is_ipv6) {
		packet__ipv6(packet, &state->from, &state->to);
		add_fragment_header(packet, offset, more, state->id);
	} else {
		ip = packet__ipv4(packet, &state->from, &state->to, NULL, 0);
		ip->id = htobe16(state->id);
		ip->frag_off = htobe16(offset / 8 | (more ? IP_MORE_FRAGMENTS : 0));
	}
	packet__protocol(packet, state->protocol);
}

static void next_fragments(void *opaque, struct generated_frame *ret)
{
	struct fragments *state = opaque;
	__u32 piece, offset, left;
	enum frame_class class;
	bool more;

	if (state->sent == state->pieces)
		start_datagram(state);
	piece = state->backwards ? state->pieces - 1 - state->sent : state->sent;
	state->sent++;
	offset = piece * state->piece_bytes;
	left = state->datagram.length - state->datagram.l4_at - offset;
	more = left > state->piece_bytes;
	emit_start(ret, &state->knobs->macs);
	add_ip(state, offset, more, &ret->packet);
	packet__append(&ret->packet,
		       packet__bytes(&state->datagram) + state->datagram.l4_at + offset,
		       more ? state->piece_bytes : left);
	class = state->class;
	if (state->protocol == IPPROTO_TCP && state->piece_bytes < TCP_BYTES_UP_TO_FLAGS)
		class = CLASS_TRUNCATED_L4;
	emit_finish(ret, piece ? CLASS_FRAGMENT : class, &state->from);
}

const struct profile profile_fragments = {
	.name = "fragments",
	.summary = "TCP and UDP in fragments of 8 to 256 bytes, in order and backwards",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(FAMILY),
	.default_count = 1000000,
	.defaults = {{KNOB_FAMILY, "dual"}, {KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct fragments),
	.init = init_fragments,
	.next = next_fragments,
};
