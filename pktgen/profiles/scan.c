// SPDX-License-Identifier: GPL-2.0-only
// scan: a few senders that probe every port of every victim, and some of the answers.
#include "pktgen/profiles/parts.h"

struct scan {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
	struct permutation targets; /* each pair of victim and port once per round */
	__u64 sent;
	bool answer_due;
	struct address asked_by; /* sender of the probe to answer */
	struct address asked;
	struct segment answer;
};

/* Mostly SYN scans; also FIN, NULL, Xmas and ACK scans as of nmap(1). */
static const __u8 probe_flags[] = {
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_SYN,
	TCP_FIN,
	0,
	TCP_FIN | TCP_PSH | TCP_URG,
	TCP_ACK,
};

static int init_scan(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct scan *state = opaque;
	__u64 targets = (__u64)knobs->victims.count * ports__count(&knobs->victims.ports);

	(void)count, (void)why;
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	permutation__init(&state->targets, targets, knobs->seed + 1);
	return 0;
}

/* Half of the probes are answered, mostly by RST from a closed port, else by SYN-ACK. */
static void prepare_answer(struct scan *state, const struct segment *probe)
{
	__u8 flags = rng__below(&state->rng, 16) ? TCP_RST | TCP_ACK : TCP_SYN | TCP_ACK;

	state->answer_due = rng__below(&state->rng, 2);
	state->answer = (struct segment){
		.source_port = probe->destination_port,
		.destination_port = probe->source_port,
		.acknowledgement = probe->sequence + 1,
		.flags = flags,
	};
}

static void scan_emit(struct scan *state, const struct address *from, const struct address *to,
		      const struct segment *segment, struct generated_frame *ret)
{
	emit_start(ret, &state->knobs->macs);
	packet__ip(&ret->packet, from, to);
	packet__tcp(&ret->packet, segment);
	emit_finish(ret, class_of_flags(segment->flags), from);
}

static void next_scan(void *opaque, struct generated_frame *ret)
{
	struct scan *state = opaque;
	const struct knobs *knobs = state->knobs;
	struct segment probe;
	__u64 target;

	if (state->answer_due) {
		state->answer_due = false;
		scan_emit(state, &state->asked, &state->asked_by, &state->answer, ret);
		return;
	}
	target = permutation__at(&state->targets, state->sent++ % state->targets.size);
	probe = random_segment(knobs, &state->rng,
			       probe_flags[rng__below(&state->rng, sizeof(probe_flags))]);
	probe.destination_port = ports__at(&knobs->victims.ports, target / knobs->victims.count);
	population__at(&state->senders, rng__below(&state->rng, knobs->sources), &state->asked_by);
	victims__at(&knobs->victims, &state->asked_by, target % knobs->victims.count,
		    &state->asked);
	prepare_answer(state, &probe);
	scan_emit(state, &state->asked_by, &state->asked, &probe, ret);
}

const struct profile profile_scan = {
	.name = "scan",
	.summary = "port scans by a few senders: SYN, FIN, NULL, Xmas, ACK, and answers",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(FAMILY),
	.default_count = 1000000,
	.defaults = {{KNOB_SOURCES, "4"}, {KNOB_VICTIMS, "256"}, {KNOB_PORT, "1-1024"}},
	.state_bytes = sizeof(struct scan),
	.init = init_scan,
	.next = next_scan,
};
