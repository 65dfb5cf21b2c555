// SPDX-License-Identifier: GPL-2.0-only
// transmit: frames from anywhere onto an interface, within limits, counted as they leave.
#include "pktgen/send/transmit.h"

#include <linux/if_ether.h>
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "common/base/clock.h"
#include "pktgen/send/transmission.h"
#include "pktgen/stop_signal.h"

#define DRAIN_NS (NS_PER_S * 2)
#define COUNTER_READS 5 /* MAX_WAIT_NS apart: until the interface has counted what it was given */

void transmission__sleep(__u64 ns)
{
	struct timespec time = {.tv_nsec = ns < MAX_WAIT_NS ? ns : MAX_WAIT_NS};

	nanosleep(&time, NULL);
}

void transmission__account(struct transmission *t, __u64 number)
{
	__u32 bytes = t->pending_bytes[number % SENDER_MAX_IN_FLIGHT];
	const struct pending *frame = &t->pending[number % SENDER_MAX_IN_FLIGHT];

	t->result->sent++;
	t->result->bytes += bytes;
	if (t->plan->truth && truth__add(t->plan->truth, frame->class, &frame->source, bytes))
		t->truth_error = -ENOMEM;
}

static void note_done(void *opaque, bool sent)
{
	struct transmission *t = opaque;
	__u64 number = t->done++;

	if (!sent)
		t->result->failed++;
	else if (!t->probing)
		transmission__account(t, number);
}

static bool is_tagged(const struct tx_frame *frame)
{
	__be16 type;

	memcpy(&type, frame->data + offsetof(struct ethhdr, h_proto), sizeof(type));
	return type == htobe16(ETH_P_8021Q) || type == htobe16(ETH_P_8021AD);
}

static bool fits(struct transmission *t, const struct tx_frame *frame)
{
	if (frame->bytes < SENDER_MIN_BYTES) {
		t->result->too_short++;
		return false;
	}
	if (frame->bytes > iface__max_bytes(t->plan->iface, is_tagged(frame)) ||
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
		bool enough = t->plan->count && t->made == t->plan->count;
		int found = enough ? 0 : t->plan->next(t->plan->opaque, &t->frame, why);

		if (found < 0)
			return found;
		t->made += found;
		t->at_end = !found;
		t->has_frame = found && fits(t, &t->frame);
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
	t->pending_bytes[number] = frame->bytes;
	if (t->plan->truth)
		t->pending[number] = (struct pending){frame->class, frame->source};
	t->has_frame = false;
	return true;
}

static void report(struct transmission *t, __u64 now_ns)
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

/* Pushes what may go now. Returns how many frames that were, or a negative errno. */
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

static bool is_finished(const struct transmission *t)
{
	return t->at_end && !t->has_frame && t->probe.next == t->probe.count;
}

static int send_all(struct transmission *t, struct errmsg *why)
{
	const struct transmit_plan *plan = t->plan;
	__u64 now_ns, wait_ns;
	int pushed, err = 0;

	while (!err && !is_finished(t) && !stop_signal__pending()) {
		now_ns = clock__now_ns();
		report(t, now_ns);
		if (plan->duration_ns && now_ns - t->start_ns >= plan->duration_ns)
			break;
		pushed = push_batch(t, now_ns, &wait_ns, why);
		err = t->sender->flush(t->self, pushed < 0 ? NULL : why);
		if (pushed < 0)
			err = pushed;
		if (!err && t->truth_error)
			err = errmsg__set(why, t->truth_error, "no memory for the truth");
		if (!pushed && wait_ns)
			transmission__sleep(wait_ns);
	}
	return err;
}

/* What was pushed is to be sent, if the sender still can. */
static int drain(struct transmission *t, struct errmsg *why)
{
	__u64 deadline_ns = clock__now_ns() + DRAIN_NS;
	int err = 0;

	while (!err && t->done < t->pushed && clock__now_ns() < deadline_ns) {
		err = t->sender->flush(t->self, why);
		if (t->done < t->pushed)
			transmission__sleep(FULL_WAIT_NS);
	}
	if (!err && t->done < t->pushed)
		err = errmsg__set(why, -EIO, "%s: %s: %llu frames were taken and never sent",
				  t->plan->iface->name, t->sender->name, t->pushed - t->done);
	return err;
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

static int transmit(struct transmission *t, struct errmsg *why)
{
	int err, drain_err;

	err = sender__pin(t->plan->generator_cpu, why);
	if (!err)
		err = iface__counters(t->plan->iface, &t->before);
	if (err)
		return err;
	t->start_ns = clock__now_ns();
	err = transmission__start(t, why);
	if (err)
		return err;
	t->result->sender = t->sender->name;
	/* What finding a sender took is not part of the rate, unless there is nothing else. */
	if (!is_finished(t))
		t->start_ns = clock__now_ns();
	t->report_ns = t->start_ns;
	pacer__start(&t->pacer, t->plan->rate_pps, t->start_ns);
	err = send_all(t, why);
	drain_err = drain(t, err ? NULL : why);
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
	t->plan = plan;
	t->result = ret;
	t->config = (struct sender_config){
		.iface = plan->iface,
		.batch = plan->batch,
		.cpu = plan->kernel_cpu,
		.done = note_done,
		.opaque = t,
	};
	prctl(PR_SET_TIMERSLACK, 1UL);
	stop_signal__catch();
	err = transmit(t, why);
	if (t->self)
		t->sender->close(t->self);
	free(t);
	return err;
}
