// SPDX-License-Identifier: GPL-2.0-only
// malformed: every malformed header field, and frames cut at every byte, in turn.
//
// Each kind changes a valid SYN and sets the class of the result. The IPv4 checksum is updated
// after the change where a header is left; the TCP checksum is not.
#include "pktgen/profiles/malformed.h"

static const struct malformed_kind *const tables[] = {
	malformed_ipv4, malformed_ipv6, malformed_links, malformed_tcp, malformed_cuts,
};

#define MALFORMED_TABLES (sizeof(tables) / sizeof(tables[0]))

struct iphdr *start_ipv4(struct malformed *state, struct generated_frame *ret)
{
	emit_start(ret, &state->knobs->macs);
	return packet__ipv4(&ret->packet, &state->from, &state->to, NULL, 0);
}

struct ipv6hdr *start_ipv6(struct malformed *state, struct generated_frame *ret)
{
	emit_start(ret, &state->knobs->macs);
	return packet__ipv6(&ret->packet, &state->from6, &state->to6);
}

struct tcphdr *add_syn(struct malformed *state, struct generated_frame *ret)
{
	struct segment segment = random_segment(state->knobs, &state->rng, TCP_SYN);

	return packet__tcp(&ret->packet, &segment);
}

struct iphdr *whole_ipv4(struct malformed *state, struct generated_frame *ret)
{
	struct iphdr *ip = start_ipv4(state, ret);

	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from);
	return ip;
}

struct ipv6hdr *whole_ipv6(struct malformed *state, struct generated_frame *ret)
{
	struct ipv6hdr *ip = start_ipv6(state, ret);

	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
	return ip;
}

/* Row @row of all tables, or NULL after the last one. */
static const struct malformed_kind *malformed_kind_at(__u32 row)
{
	for (size_t i = 0; i < MALFORMED_TABLES; i++)
		for (const struct malformed_kind *kind = tables[i]; kind->name; kind++)
			if (!row--)
				return kind;
	return NULL;
}

static __u32 count_cases(struct malformed *state, const struct malformed_kind *kind)
{
	struct generated_frame frame;

	if (kind->cases)
		return kind->cases;
	kind->make(state, WHOLE_FRAME, &frame);
	return frame.packet.length;
}

static void malformed_pick_endpoints(struct malformed *state)
{
	const struct knobs *knobs = state->knobs;
	__u32 sender = rng__below(&state->rng, knobs->sources);

	state->senders.family = FAMILY_IPV4;
	population__at(&state->senders, sender, &state->from);
	state->senders.family = FAMILY_IPV6;
	population__at(&state->senders, sender, &state->from6);
	victims__pick(&knobs->victims, &state->from, &state->rng, &state->to);
	victims__pick(&knobs->victims, &state->from6, &state->rng, &state->to6);
}

static int init_malformed(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct malformed *state = opaque;

	(void)count, (void)why;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	malformed_pick_endpoints(state);
	for (__u32 row = 0; row < MAX_MALFORMED_KINDS && malformed_kind_at(row); row++) {
		state->cases[row] = count_cases(state, malformed_kind_at(row));
		state->total_cases += state->cases[row];
	}
	return 0;
}

static void next_malformed(void *opaque, struct generated_frame *ret)
{
	struct malformed *state = opaque;
	__u32 which = state->sent++ % state->total_cases, row = 0;
	const struct malformed_kind *kind;

	for (; which >= state->cases[row]; row++)
		which -= state->cases[row];
	malformed_pick_endpoints(state);
	kind = malformed_kind_at(row);
	if (kind)
		kind->make(state, which, ret);
}

const struct profile profile_malformed = {
	.name = "malformed",
	.summary = "every malformed header field, and frames cut at every byte",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES),
	.default_count = 100000,
	.defaults = {{KNOB_FAMILY, "dual"}, {KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct malformed),
	.init = init_malformed,
	.next = next_malformed,
};
