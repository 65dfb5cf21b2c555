// SPDX-License-Identifier: GPL-2.0-only
// malformed: every lie that a header can tell, one after the other.
//
// Each kind of lie starts from a good SYN and says what the frame has become. Checksums of IPv4 are
// right again after the change, where it leaves a header; those of TCP stay as they were.
#include "pktgen/profiles/malformed.h"

static const struct lie *const tables[] = {
	lies_of_ipv4, lies_of_ipv6, lies_of_links, lies_of_tcp, cuts,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

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

/* The lie in row @row of all tables, or NULL behind the last. */
static const struct lie *lie_at(__u32 row)
{
	for (size_t i = 0; i < TABLES; i++)
		for (const struct lie *lie = tables[i]; lie->name; lie++)
			if (!row--)
				return lie;
	return NULL;
}

static __u32 count_cases(struct malformed *state, const struct lie *lie)
{
	struct generated_frame frame;

	if (lie->cases)
		return lie->cases;
	lie->make(state, WHOLE_FRAME, &frame);
	return frame.packet.length;
}

static void pick_endpoints(struct malformed *state)
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
	pick_endpoints(state);
	for (__u32 row = 0; row < MAX_LIES && lie_at(row); row++) {
		state->cases[row] = count_cases(state, lie_at(row));
		state->total_cases += state->cases[row];
	}
	return 0;
}

static void next_malformed(void *opaque, struct generated_frame *ret)
{
	struct malformed *state = opaque;
	__u32 which = state->sent++ % state->total_cases, row = 0;
	const struct lie *lie;

	for (; which >= state->cases[row]; row++)
		which -= state->cases[row];
	pick_endpoints(state);
	lie = lie_at(row);
	if (lie)
		lie->make(state, which, ret);
}

const struct profile profile_malformed = {
	.name = "malformed",
	.summary = "every lie a header can tell, and frames cut at every byte",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES),
	.default_count = 100000,
	.defaults = {{KNOB_FAMILY, "dual"}, {KNOB_SOURCES, "1000"}},
	.state_bytes = sizeof(struct malformed),
	.init = init_malformed,
	.next = next_malformed,
};
