// SPDX-License-Identifier: GPL-2.0-only
// choose_sender: which sender it will be, found out with the first frames.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "pktgen/send/transmission.h"
#include "pktgen/stop_signal.h"

#define SLOW_PPS 100000 /* below, the sender that costs the least does better than the fastest */
#define PROOF_NS (NS_PER_S * 3 / 2) /* drivers that copy their counters do so once a second */

static int keep_probe(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	bool gently = plan->timed || (plan->rate_pps && plan->rate_pps < SLOW_PPS);
	__u32 wanted = gently ? 1 : PROOF_FRAMES, kept = 0;
	int err = 0;

	for (; kept < wanted; kept++) {
		err = transmission__prepare(t, why);
		if (err || !t->has_frame)
			break;
		memcpy(t->probe.bytes[kept], t->frame.data, t->frame.bytes);
		t->probe.frames[kept] = t->frame;
		t->probe.frames[kept].data = t->probe.bytes[kept];
		t->has_frame = false;
	}
	t->probe.count = kept;
	if (!err && !kept)
		err = errmsg__set(why, -ENODATA,
				  "%s: no frame that could be sent (%llu too short, "
				  "%llu too long for an MTU of %u)",
				  plan->iface->name, t->result->too_short, t->result->too_long,
				  plan->iface->mtu);
	return err;
}

static bool have_left(const struct transmission *t)
{
	struct iface_counters now;

	return t->done == t->pushed && !iface__counters(t->plan->iface, &now) &&
	       now.packets >= t->before.packets + t->pushed;
}

static int push_probe(struct transmission *t, struct errmsg *why)
{
	while (t->probe.next < t->probe.count) {
		int err = transmission__prepare(t, why);

		if (err)
			return err;
		if (!transmission__push(t))
			return errmsg__set(why, -EAGAIN, "%s: does not take a frame",
					   t->sender->name);
	}
	return 0;
}

/* Sends the first frames and looks whether the interface has counted them. */
static int prove(struct transmission *t, struct errmsg *why)
{
	__u64 deadline_ns = clock__now_ns() + PROOF_NS;
	int err = push_probe(t, why);

	while (!err) {
		err = t->sender->flush(t->self, why);
		if (err || have_left(t))
			return err;
		if (clock__now_ns() > deadline_ns || stop_signal__pending())
			break;
		transmission__sleep(FULL_WAIT_NS);
	}
	return err ? err
		   : errmsg__set(why, -EIO,
				 "%s: %s: frames do not leave: a veth's other end needs an XDP "
				 "program or GRO (ethtool -K PEER gro on)",
				 t->plan->iface->name, t->sender->name);
}

static int open_sender(struct transmission *t, const struct sender *sender, struct errmsg *why)
{
	const struct tx_frame *first = &t->probe.frames[0];
	int err;

	for (__u32 i = 0; i < t->probe.count; i++)
		if (t->probe.frames[i].bytes > sender->max_bytes)
			return errmsg__set(why, -EMSGSIZE, "%s: frames of %u bytes are too long",
					   sender->name, t->probe.frames[i].bytes);
	t->sender = sender;
	err = sender->open(&t->config, first->data, first->bytes, &t->self, why);
	if (err || !sender->needs_proof)
		return err;
	t->probing = true;
	err = prove(t, why);
	t->probing = false;
	/* Not every driver counts redirected frames; veth does, and is known to lose them. */
	if (err == -EIO && t->plan->sender && !t->plan->iface->is_veth) {
		fprintf(stderr, "warning: %s\n", why->text);
		err = 0;
	}
	for (__u64 i = 0; !err && i < t->pushed; i++)
		transmission__account(t, i);
	return err;
}

/* The frames that were tried have not been seen: they are still the next ones. */
static void forget_sender(struct transmission *t)
{
	if (t->self)
		t->sender->close(t->self);
	t->self = NULL;
	t->pushed = t->done = t->result->failed = 0;
	t->probe.next = 0;
	t->has_frame = false;
}

int transmission__start(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	bool slow = plan->timed || (plan->rate_pps && plan->rate_pps < SLOW_PPS);
	int count = 0, err = keep_probe(t, why);

	if (err)
		return err;
	if (plan->sender)
		return open_sender(t, plan->sender, why);
	while (senders[count])
		count++;
	for (int i = 0; i < count; i++) {
		err = open_sender(t, senders[slow ? count - 1 - i : i], why);
		if (!err || stop_signal__pending())
			return err;
		if (plan->verbose)
			fprintf(stderr, "%s\n", why->text);
		forget_sender(t);
	}
	return err;
}
