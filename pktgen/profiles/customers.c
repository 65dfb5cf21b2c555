// SPDX-License-Identifier: GPL-2.0-only
// customers: honest clients beside a flood of spoofed SYNs to the same victims, as the interface of
// the victims receives them.
//
// Each client opens one connection, with data; each fourth one sends its SYN twice, as after a lost
// answer. Then a next client takes its place.
#include <errno.h>
#include <stdlib.h>

#include "pktgen/profiles/parts.h"

#define REPEATING 4 /* one of N clients repeats its SYN */
#define DATA_BYTES 100

enum customer_step {
	CUSTOMER_SYN,
	CUSTOMER_SYN_AGAIN,
	CUSTOMER_ACK,
	CUSTOMER_DATA,
	CUSTOMER_FIN,
	CUSTOMER_LAST_ACK,
	CUSTOMER_DONE,
};

struct customer {
	enum customer_step step;
	struct address address, victim;
	struct segment segment;
	bool repeats;
};

struct customers {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders; /* clients first, then the spoofed ones */
	struct customer *active;
	__u32 active_count;
	__u32 begun;              /* clients */
	__u64 client_frames_left; /* of the plan */
	__u64 spoofed_left;
};

static const __u8 customer_flags[] = {
	[CUSTOMER_SYN] = TCP_SYN,           [CUSTOMER_SYN_AGAIN] = TCP_SYN,
	[CUSTOMER_ACK] = TCP_ACK,           [CUSTOMER_DATA] = TCP_PSH | TCP_ACK,
	[CUSTOMER_FIN] = TCP_FIN | TCP_ACK, [CUSTOMER_LAST_ACK] = TCP_ACK,
};

#define CUSTOMER_FRAMES (CUSTOMER_DONE - 1) /* of one that does not repeat its SYN */

static __u64 customers_frames(const struct knobs *knobs)
{
	return (__u64)knobs->sources * CUSTOMER_FRAMES + knobs->sources / REPEATING;
}

static void customers_begin_plan(struct customers *state)
{
	state->begun = 0;
	state->client_frames_left = customers_frames(state->knobs);
	state->spoofed_left = state->knobs->spoofed;
}

static void customer_begin(struct customers *state, struct customer *ret)
{
	*ret = (struct customer){
		.segment = random_segment(state->knobs, &state->rng, TCP_SYN),
		.repeats = state->begun % REPEATING == REPEATING - 1,
	};
	population__at(&state->senders, state->begun++, &ret->address);
	victims__pick(&state->knobs->victims, &ret->address, &state->rng, &ret->victim);
}

static enum customer_step customer_next_step(const struct customer *customer)
{
	if (customer->step == CUSTOMER_SYN && !customer->repeats)
		return CUSTOMER_ACK;
	return customer->step + 1;
}

/* What the next segment has, after this one. */
static void customer_advance(struct customers *state, struct customer *customer)
{
	struct segment *segment = &customer->segment;

	if (customer->step == CUSTOMER_DATA)
		segment->sequence += DATA_BYTES;
	if (customer->step == CUSTOMER_FIN) {
		segment->sequence++;
		segment->acknowledgement++;
	}
	customer->step = customer_next_step(customer);
	if (customer->step == CUSTOMER_ACK) {
		segment->sequence++;
		segment->acknowledgement = rng__next(&state->rng);
	}
	segment->flags = customer_flags[customer->step % CUSTOMER_DONE];
}

static void customers_emit(const struct customers *state, const struct address *from,
			   const struct address *to, const struct segment *segment,
			   __u32 data_bytes, struct generated_frame *ret)
{
	emit_start(ret, &state->knobs->macs);
	packet__ip(&ret->packet, from, to);
	packet__tcp(&ret->packet, segment);
	packet__fill(&ret->packet, ret->packet.length + data_bytes);
	emit_finish(ret, class_of_flags(segment->flags), from);
}

static void next_customer(struct customers *state, struct generated_frame *ret)
{
	struct customer *customer;

	while (state->active_count < state->knobs->concurrent &&
	       state->begun < state->knobs->sources)
		customer_begin(state, &state->active[state->active_count++]);
	customer = &state->active[rng__below(&state->rng, state->active_count)];
	customers_emit(state, &customer->address, &customer->victim, &customer->segment,
		       customer->step == CUSTOMER_DATA ? DATA_BYTES : 0, ret);
	customer_advance(state, customer);
	if (customer->step == CUSTOMER_DONE)
		*customer = state->active[--state->active_count];
	state->client_frames_left--;
}

static void next_spoofed(struct customers *state, struct generated_frame *ret)
{
	const struct knobs *knobs = state->knobs;
	struct segment segment = random_segment(knobs, &state->rng, TCP_SYN);
	struct address from, to;

	population__at(&state->senders, knobs->sources + knobs->spoofed - state->spoofed_left--,
		       &from);
	victims__pick(&knobs->victims, &from, &state->rng, &to);
	customers_emit(state, &from, &to, &segment, 0, ret);
}

/* In random order, so that the shares stay the same until both end together. */
static void next_customers(void *opaque, struct generated_frame *ret)
{
	struct customers *state = opaque;
	__u64 left = state->client_frames_left + state->spoofed_left;

	if (!left) {
		customers_begin_plan(state);
		left = state->client_frames_left + state->spoofed_left;
	}
	if (rng__below(&state->rng, left) < state->client_frames_left)
		next_customer(state, ret);
	else
		next_spoofed(state, ret);
}

static int init_customers(void *opaque, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct customers *state = opaque;

	if (customers_frames(knobs) + knobs->spoofed > POPULATION_MAX)
		return errmsg__usage(why, "--sources, --spoofed: more than %u frames in all",
				     POPULATION_MAX);
	state->knobs = knobs;
	rng__seed(&state->rng, knobs->seed, 0);
	population__init(&state->senders, knobs->family, knobs->seed);
	customers_begin_plan(state);
	if (!*count)
		*count = state->client_frames_left + state->spoofed_left;
	state->active = calloc(knobs->concurrent, sizeof(*state->active));
	if (!state->active)
		return errmsg__set(why, -ENOMEM, "customers: no memory for %u connections",
				   knobs->concurrent);
	return 0;
}

static void release_customers(void *opaque)
{
	struct customers *state = opaque;

	free(state->active);
}

const struct profile profile_customers = {
	.name = "customers",
	.summary = "clients that complete connections, beside spoofed SYNs to the same victims",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(SPOOFED) | KNOB_BIT(FAMILY) |
		 KNOB_BIT(CONCURRENT),
	.defaults = {{KNOB_SOURCES, "1000"}, {KNOB_SPOOFED, "100000"}},
	.state_bytes = sizeof(struct customers),
	.init = init_customers,
	.next = next_customers,
	.release = release_customers,
};
