// SPDX-License-Identifier: GPL-2.0-only
// flows: ordinary traffic: whole TCP conversations, and the classical mix of sizes.
#include <errno.h>
#include <stdlib.h>

#include "pktgen/profiles/parts.h"

#define DATA_HEADER_BYTES 54
#define DATA_HEADER_BYTES_IPV6 74
#define MAX_DATA_SEGMENTS 6

enum step {
	STEP_SYN, /* also of a free slot: the next frame starts a conversation */
	STEP_SYN_ACK,
	STEP_ACK,
	STEP_DATA,
	STEP_CLIENT_FIN,
	STEP_SERVER_FIN,
	STEP_LAST_ACK,
	STEP_RESET,
};

struct conversation {
	enum step step;
	bool refused;
	bool reset;
	__u32 data_segments; /* not sent yet */
	struct address client;
	struct address server;
	__u16 client_port;
	__u16 server_port;
	__u32 client_sequence;
	__u32 server_sequence;
};

struct handshakes {
	const struct knobs *knobs;
	struct rng rng;
	struct population clients;
	struct conversation *slots;
};

struct imix {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
};

/* MSS 1460, SACK permitted, window scale 7, as current clients send. */
static const __u8 handshake_options[] = {2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 7};

static const __u8 step_flags[] = {
	[STEP_SYN] = TCP_SYN,
	[STEP_SYN_ACK] = TCP_SYN | TCP_ACK,
	[STEP_ACK] = TCP_ACK,
	[STEP_DATA] = TCP_PSH | TCP_ACK,
	[STEP_CLIENT_FIN] = TCP_FIN | TCP_ACK,
	[STEP_SERVER_FIN] = TCP_FIN | TCP_ACK,
	[STEP_LAST_ACK] = TCP_ACK,
	[STEP_RESET] = TCP_RST | TCP_ACK,
};

static void start_conversation(struct handshakes *state, struct conversation *ret)
{
	const struct knobs *knobs = state->knobs;
	struct rng *rng = &state->rng;
	__u64 sequences = rng__next(rng);

	*ret = (struct conversation){
		.step = STEP_SYN,
		.client_sequence = sequences,
		.server_sequence = sequences >> 32,
	};
	ret->refused = !rng__below(rng, 32);
	ret->reset = !rng__below(rng, 8);
	ret->data_segments = rng__below(rng, MAX_DATA_SEGMENTS + 1);
	ret->client_port = random_port(rng);
	ret->server_port = ports__pick(&knobs->victims.ports, rng);
	population__at(&state->clients, rng__below(rng, knobs->sources), &ret->client);
	victims__pick(&knobs->victims, &ret->client, rng, &ret->server);
}

static enum step step_after(struct conversation *conversation)
{
	enum step closing = conversation->reset ? STEP_RESET : STEP_CLIENT_FIN;

	switch (conversation->step) {
	case STEP_SYN:
		return conversation->refused ? STEP_RESET : STEP_SYN_ACK;
	case STEP_SYN_ACK:
		return STEP_ACK;
	case STEP_ACK:
		return conversation->data_segments ? STEP_DATA : closing;
	case STEP_DATA:
		return --conversation->data_segments ? STEP_DATA : closing;
	case STEP_CLIENT_FIN:
		return STEP_SERVER_FIN;
	case STEP_SERVER_FIN:
		return STEP_LAST_ACK;
	case STEP_LAST_ACK:
	case STEP_RESET:
		break;
	}
	return STEP_SYN;
}

static bool is_from_client(const struct conversation *conversation, struct rng *rng)
{
	switch (conversation->step) {
	case STEP_SYN:
	case STEP_ACK:
	case STEP_CLIENT_FIN:
	case STEP_LAST_ACK:
		return true;
	case STEP_DATA:
		return rng__below(rng, 2);
	default:
		return false;
	}
}

static void emit_segment(const struct handshakes *state, struct conversation *conversation,
			 bool from_client, struct generated_frame *ret)
{
	const struct macs *macs = &state->knobs->macs;
	struct macs swapped;
	struct address *from = from_client ? &conversation->client : &conversation->server;
	struct address *to = from_client ? &conversation->server : &conversation->client;
	__u32 *own = from_client ? &conversation->client_sequence : &conversation->server_sequence;
	__u32 *other =
		from_client ? &conversation->server_sequence : &conversation->client_sequence;
	__u8 flags = step_flags[conversation->step];
	struct segment segment = {
		.source_port = from_client ? conversation->client_port : conversation->server_port,
		.destination_port =
			from_client ? conversation->server_port : conversation->client_port,
		.sequence = *own,
		.acknowledgement = flags & TCP_ACK ? *other : 0,
		.window = 64240,
		.flags = flags,
		.options = handshake_options,
		.option_bytes = flags & TCP_SYN ? sizeof(handshake_options) : 0,
	};
	__u32 header_end;

	for (int i = 0; i < ETH_ALEN; i++) {
		swapped.source[i] = macs->destination[i];
		swapped.destination[i] = macs->source[i];
	}
	emit_start(ret, from_client ? macs : &swapped);
	packet__ip(&ret->packet, from, to);
	packet__tcp(&ret->packet, &segment);
	header_end = ret->packet.length;
	if (conversation->step == STEP_DATA)
		packet__fill(&ret->packet, state->knobs->size_bytes);
	*own += ret->packet.length - header_end + !!(flags & (TCP_SYN | TCP_FIN));
	emit_finish(ret, class_of_flags(flags), from);
}

static int init_handshakes(void *opaque, const struct knobs *knobs, __u64 *count,
			   struct errmsg *why)
{
	struct handshakes *state = opaque;

	(void)count;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->clients, knobs->family, knobs->seed);
	state->slots = calloc(knobs->concurrent, sizeof(*state->slots));
	if (!state->slots)
		return errmsg__set(why, -ENOMEM, "handshakes: no memory for %u conversations",
				   knobs->concurrent);
	return check_size(knobs,
			  knobs->family == FAMILY_IPV4 ? DATA_HEADER_BYTES : DATA_HEADER_BYTES_IPV6,
			  why);
}

static void next_handshakes(void *opaque, struct generated_frame *ret)
{
	struct handshakes *state = opaque;
	struct conversation *slot =
		&state->slots[rng__below(&state->rng, state->knobs->concurrent)];

	if (slot->step == STEP_SYN)
		start_conversation(state, slot);
	emit_segment(state, slot, is_from_client(slot, &state->rng), ret);
	slot->step = step_after(slot);
}

static void release_handshakes(void *opaque)
{
	struct handshakes *state = opaque;

	free(state->slots);
}

static int init_imix(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct imix *state = opaque;

	(void)count, (void)why;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	return 0;
}

/* 7:4:1, see https://en.wikipedia.org/wiki/Internet_Mix, without the FCS. */
static __u32 imix_bytes(struct rng *rng)
{
	__u32 ticket = rng__below(rng, 12);

	if (ticket < 7)
		return 60;
	return ticket < 11 ? 590 : 1514;
}

static void next_imix(void *opaque, struct generated_frame *ret)
{
	struct imix *state = opaque;
	const struct knobs *knobs = state->knobs;
	struct rng *rng = &state->rng;
	__u32 ticket = rng__below(rng, 100), bytes = imix_bytes(rng);
	struct segment segment = random_segment(knobs, rng, TCP_ACK);
	enum frame_class class;
	struct address from, to;

	population__at(&state->senders, rng__below(rng, knobs->sources), &from);
	victims__pick(&knobs->victims, &from, rng, &to);
	class = other_class(&from);
	emit_start(ret, &knobs->macs);
	packet__ip(&ret->packet, &from, &to);
	if (ticket < 60) {
		packet__tcp(&ret->packet, &segment);
		class = CLASS_TCP_OTHER;
	} else if (ticket < 95) {
		packet__udp(&ret->packet, segment.source_port, segment.destination_port);
	} else {
		packet__echo(&ret->packet, segment.source_port, segment.sequence);
	}
	packet__fill(&ret->packet, bytes);
	emit_finish(ret, class, &from);
}

const struct profile profile_handshakes = {
	.name = "handshakes",
	.summary = "whole TCP conversations, both directions: SYN, SYN-ACK, data, FIN or RST",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(FAMILY) | KNOB_BIT(SIZE) |
		 KNOB_BIT(CONCURRENT),
	.default_count = 1000000,
	.defaults = {{KNOB_SOURCES, "1000"}, {KNOB_VICTIMS, "16"}, {KNOB_SIZE, "590"}},
	.state_bytes = sizeof(struct handshakes),
	.init = init_handshakes,
	.next = next_handshakes,
	.release = release_handshakes,
};

const struct profile profile_imix = {
	.name = "imix",
	.summary = "UDP, TCP and ICMP in frames of 60, 590 and 1514 bytes as 7:4:1; no SYN",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(FAMILY),
	.default_count = 1000000,
	.defaults = {{KNOB_SOURCES, "1000"}, {KNOB_VICTIMS, "16"}},
	.state_bytes = sizeof(struct imix),
	.init = init_imix,
	.next = next_imix,
};
