// SPDX-License-Identifier: GPL-2.0-only
// choose_sender: open the requested sender, or the first one that works for these frames.
#include "pktgen/send/choose_sender.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/stop_signal.h"

#define SLOW_PPS 100000 /* below this rate the cheapest sender is better than the fastest */
#define PROBE_NS (NS_PER_S * 3 / 2)  /* some drivers update their counters only once a second */
#define VETH_PROBE_NS (NS_PER_S / 2) /* a veth does so at once, but the CPU may be busy */

static bool is_slow(const struct transmit_plan *plan)
{
	return plan->timed || (plan->rate_pps && plan->rate_pps < SLOW_PPS);
}

static int keep_probe_frames(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	struct probe_frames *probe = &t->probe;
	__u32 wanted = is_slow(plan) ? 1 : PROBE_FRAMES, kept = 0;
	int err;

	for (; kept < wanted; kept++) {
		err = transmission__prepare(t, why);
		if (err)
			return err;
		if (!t->has_frame)
			break;
		memcpy(probe->bytes[kept], t->frame.data, t->frame.bytes);
		probe->frames[kept] = t->frame;
		probe->frames[kept].data = probe->bytes[kept];
		t->has_frame = false;
	}
	/* Set at the end: transmission__prepare() takes frames from here once there are any. */
	probe->count = kept;
	if (kept)
		return 0;
	return errmsg__set(why, -ENODATA,
			   "%s: no frame that could be sent (%llu too short, "
			   "%llu too long for an MTU of %u)",
			   plan->iface->name, t->result->too_short, t->result->too_long,
			   plan->iface->mtu);
}

static bool probe_has_left(const struct transmission *t)
{
	struct iface_counters now;

	return t->done == t->pushed && !iface__counters(t->plan->iface, &now) &&
	       now.packets >= t->before.packets + t->pushed;
}

static int push_probe_frames(struct transmission *t, struct errmsg *why)
{
	while (t->probe.next < t->probe.count) {
		int err = transmission__prepare(t, why);

		if (err)
			return err;
		if (!transmission__push(t))
			return errmsg__set(why, -EAGAIN, "%s: does not accept a frame",
					   t->sender->name);
	}
	return 0;
}

/* Sends the first frames and waits until the interface has counted them. */
static int probe_sender(struct transmission *t, struct errmsg *why)
{
	__u64 limit_ns = t->plan->iface->is_veth ? VETH_PROBE_NS : PROBE_NS;
	__u64 deadline_ns = clock__now_ns() + limit_ns;
	int err = push_probe_frames(t, why);

	if (err)
		return err;
	for (;;) {
		err = t->sender->flush(t->self, why);
		if (err || probe_has_left(t))
			return err;
		if (clock__now_ns() > deadline_ns || stop_signal__pending())
			break;
		transmission__sleep(FULL_WAIT_NS);
	}
	return errmsg__set(why, -EIO,
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
	err = probe_sender(t, why);
	t->probing = false;
	/* Not every driver counts redirected frames; veth does, and is known to drop them. */
	if (err == -EIO && t->plan->sender && !t->plan->iface->is_veth) {
		fprintf(stderr, "warning: %s\n", why->text);
		err = 0;
	}
	for (__u64 i = 0; !err && i < t->pushed; i++)
		transmission__account(t, i);
	return err;
}

/* The probe's frames were not seen on the interface: the next sender starts with them again. */
static void forget_sender(struct transmission *t)
{
	if (t->self)
		t->sender->close(t->self);
	t->self = NULL;
	t->pushed = t->done = t->result->failed = 0;
	t->probe.next = 0;
	t->has_frame = false;
}

int choose_sender__open(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	int count = 0, err = keep_probe_frames(t, why);

	if (err)
		return err;
	if (plan->sender)
		return open_sender(t, plan->sender, why);
	while (senders[count])
		count++;
	for (int i = 0; i < count; i++) {
		err = open_sender(t, senders[is_slow(plan) ? count - 1 - i : i], why);
		if (!err || stop_signal__pending())
			return err;
		if (plan->verbose)
			fprintf(stderr, "%s\n", why->text);
		forget_sender(t);
	}
	return err;
}
