// SPDX-License-Identifier: GPL-2.0-only
// transmission: the state of a running transmission, and its frames on their way to the sender.
#include "pktgen/send/transmission.h"

#include <linux/if_ether.h>
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

void transmission__sleep(__u64 ns)
{
	struct timespec time = {.tv_nsec = ns < MAX_WAIT_NS ? ns : MAX_WAIT_NS};

	nanosleep(&time, NULL);
}

void transmission__account(struct transmission *t, __u64 number)
{
	__u32 bytes = t->in_flight_bytes[number % SENDER_MAX_IN_FLIGHT];
	const struct in_flight *frame = &t->in_flight[number % SENDER_MAX_IN_FLIGHT];

	t->result->sent++;
	t->result->bytes += bytes;
	if (t->plan->truth && truth__add(t->plan->truth, frame->class, &frame->source, bytes))
		t->truth_error = -ENOMEM;
}

static void transmission_note_done(void *opaque, bool sent)
{
	struct transmission *t = opaque;
	__u64 number = t->done++;

	if (!sent)
		t->result->failed++;
	else if (!t->probing)
		transmission__account(t, number);
}

void transmission__init(struct transmission *t, const struct transmit_plan *plan,
			struct transmit_result *ret)
{
	t->plan = plan;
	t->result = ret;
	t->config = (struct sender_config){
		.iface = plan->iface,
		.batch = plan->batch,
		.cpu = plan->kernel_cpu,
		.done = transmission_note_done,
		.opaque = t,
	};
}

static bool tx_frame_is_tagged(const struct tx_frame *frame)
{
	__be16 type;

	memcpy(&type, frame->data + offsetof(struct ethhdr, h_proto), sizeof(type));
	return type == htobe16(ETH_P_8021Q) || type == htobe16(ETH_P_8021AD);
}

static bool tx_frame_fits(struct transmission *t, const struct tx_frame *frame)
{
	if (frame->bytes < SENDER_MIN_BYTES) {
		t->result->too_short++;
		return false;
	}
	if (frame->bytes > iface__max_bytes(t->plan->iface, tx_frame_is_tagged(frame)) ||
	    frame->bytes > PACKET_MAX_BYTES || (t->sender && frame->bytes > t->sender->max_bytes)) {
		t->result->too_long++;
		return false;
	}
	return true;
}

int transmission__prepare(struct transmission *t, struct errmsg *why)
{
	if (!t->has_frame && t->probe.next < t->probe.count) {
		t->frame = t->probe.frames[t->probe.next++];
		t->has_frame = true;
	}
	while (!t->has_frame && !t->at_end) {
		bool enough = t->plan->count && t->generated == t->plan->count;
		int found = enough ? 0 : t->plan->next(t->plan->opaque, &t->frame, why);

		if (found < 0)
			return found;
		t->generated += found;
		t->at_end = !found;
		t->has_frame = found && tx_frame_fits(t, &t->frame);
	}
	return 0;
}

bool transmission__push(struct transmission *t)
{
	const struct tx_frame *frame = &t->frame;
	__u32 number;

	if (t->pushed - t->done == SENDER_MAX_IN_FLIGHT ||
	    !t->sender->push(t->self, frame->data, frame->bytes))
		return false;
	number = t->pushed++ % SENDER_MAX_IN_FLIGHT;
	t->in_flight_bytes[number] = frame->bytes;
	if (t->plan->truth)
		t->in_flight[number] = (struct in_flight){frame->class, frame->source};
	t->has_frame = false;
	return true;
}

bool transmission__is_finished(const struct transmission *t)
{
	return t->at_end && !t->has_frame && t->probe.next == t->probe.count;
}
