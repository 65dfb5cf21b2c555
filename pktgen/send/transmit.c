// SPDX-License-Identifier: GPL-2.0-only
// transmit: send frames on an interface within limits, and count them as they leave.
#include "pktgen/send/transmit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/base/clock.h"
#include "common/base/stop_signal.h"
#include "pktgen/send/choose_sender.h"
#include "pktgen/send/transmission.h"

#define DRAIN_NS (NS_PER_S * 2)
#define COUNTER_READS 5 /* MAX_WAIT_NS apart: interfaces update their counters late */

static void transmit_report(struct transmission *t, __u64 now_ns)
{
	const struct transmit_result *result = t->result;
	double seconds = (now_ns - t->start_ns) / 1e9, rate;

	if (now_ns - t->report_ns < NS_PER_S)
		return;
	rate = (result->sent - t->report_sent) / ((now_ns - t->report_ns) / 1e9);
	fprintf(stderr,
		t->plan->json ? "{\"seconds\": %.1f, \"sent\": %llu, \"failed\": %llu, "
				"\"packets_per_second\": %.0f}\n"
			      : "%5.1f s: sent %llu, failed %llu, %.0f packets/s\n",
		seconds, result->sent, result->failed, rate);
	t->report_ns = now_ns;
	t->report_sent = result->sent;
}

/* Pushes the frames that may go now. Returns their number, or a negative errno. */
static int push_batch(struct transmission *t, __u64 now_ns, __u64 *wait_ns, struct errmsg *why)
{
	__u64 allowed = pacer__allowance(&t->pacer, now_ns), elapsed_ns = now_ns - t->start_ns;
	__u32 pushed = 0;
	int err = 0;

	*wait_ns = pacer__wait_ns(&t->pacer);
	while (pushed < allowed && pushed < t->plan->batch) {
		err = transmission__prepare(t, why);
		if (err || !t->has_frame)
			break;
		if (t->plan->timed && t->frame.due_ns > elapsed_ns) {
			*wait_ns = t->frame.due_ns - elapsed_ns;
			break;
		}
		if (!transmission__push(t)) {
			*wait_ns = FULL_WAIT_NS;
			break;
		}
		pushed++;
	}
	pacer__spend(&t->pacer, pushed);
	return err ? err : (int)pushed;
}

static int send_all(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	__u64 now_ns, wait_ns;
	int pushed, err;

	while (!transmission__is_finished(t) && !stop_signal__pending()) {
		now_ns = clock__now_ns();
		transmit_report(t, now_ns);
		if (plan->duration_ns && now_ns - t->start_ns >= plan->duration_ns)
			break;
		pushed = push_batch(t, now_ns, &wait_ns, why);
		err = t->sender->flush(t->self, pushed < 0 ? NULL : why);
		if (pushed < 0)
			return pushed;
		if (err)
			return err;
		if (t->truth_error)
			return errmsg__set(why, t->truth_error, "no memory for the truth");
		if (!pushed && wait_ns)
			transmission__sleep(wait_ns);
	}
	return 0;
}

/* Waits for frames in flight to complete. */
static int transmit_drain(struct transmission *t, struct errmsg *why)
{
	__u64 deadline_ns = clock__now_ns() + DRAIN_NS;
	int err;

	while (t->done < t->pushed && clock__now_ns() < deadline_ns) {
		err = t->sender->flush(t->self, why);
		if (err)
			return err;
		if (t->done < t->pushed)
			transmission__sleep(FULL_WAIT_NS);
	}
	if (t->done < t->pushed)
		return errmsg__set(why, -EIO, "%s: %s: %llu frames were accepted and never sent",
				   t->plan->iface->name, t->sender->name, t->pushed - t->done);
	return 0;
}

static void read_counters(struct transmission *t)
{
	struct iface_counters after;

	for (int i = 0; i < COUNTER_READS; i++) {
		transmission__sleep(MAX_WAIT_NS);
		if (iface__counters(t->plan->iface, &after))
			return;
		t->result->interface_packets = after.packets - t->before.packets;
		t->result->interface_dropped = after.dropped - t->before.dropped;
	}
}

static int transmit_frames(struct transmission *t, struct errmsg *why)
{
	int err, drain_err;

	err = sender__pin(t->plan->generator_cpu, why);
	if (err)
		return err;
	err = iface__counters(t->plan->iface, &t->before);
	if (err)
		return errmsg__set(why, err, "%s: cannot read its counters: %s",
				   t->plan->iface->name, strerror(-err));
	t->start_ns = clock__now_ns();
	err = choose_sender__open(t, why);
	if (err)
		return err;
	t->result->sender = t->sender->name;
	/* Choosing a sender is not part of the rate, unless it has sent all frames already. */
	if (!transmission__is_finished(t))
		t->start_ns = clock__now_ns();
	t->report_ns = t->start_ns;
	pacer__start(&t->pacer, t->plan->rate_pps, t->start_ns);
	err = send_all(t, why);
	drain_err = transmit_drain(t, err ? NULL : why);
	t->result->seconds = (clock__now_ns() - t->start_ns) / 1e9;
	t->result->interrupted = stop_signal__pending();
	read_counters(t);
	return err ? err : drain_err;
}

int transmit__run(const struct transmit_plan *plan, struct transmit_result *ret, struct errmsg *why)
{
	struct transmission *t = calloc(1, sizeof(*t));
	int err;

	*ret = (struct transmit_result){};
	if (!t)
		return errmsg__set(why, -ENOMEM, "out of memory");
	transmission__init(t, plan, ret);
	prctl(PR_SET_TIMERSLACK, 1UL);
	stop_signal__catch();
	err = transmit_frames(t, why);
	if (t->self)
		t->sender->close(t->self);
	free(t);
	return err;
}
