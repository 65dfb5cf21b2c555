// SPDX-License-Identifier: GPL-2.0-only
// transmit_plan: what to send and within which limits, and what came of it.
#ifndef PKTGEN_SEND_TRANSMIT_PLAN_H
#define PKTGEN_SEND_TRANSMIT_PLAN_H

#include <stdbool.h>

#include "pktgen/send/iface.h"
#include "pktgen/send/sender.h"
#include "pktgen/truth/truth.h"

/* One frame to send. The bytes stay valid until the next frame is requested. */
struct tx_frame {
	const __u8 *data;
	__u32 bytes;
	__u64 due_ns; /* since the start, in a timed plan */
	enum frame_class class;
	struct address source;
};

struct transmit_plan {
	const struct iface *iface;
	const struct sender *sender; /* NULL: the first one that works */
	__u32 batch;
	int kernel_cpu;
	int generator_cpu;
	__u64 rate_pps;      /* 0: no limit, or timed */
	bool timed;          /* send each frame at its due_ns */
	__u64 count;         /* frames to generate, whether they can be sent or not; 0: no limit */
	__u64 duration_ns;   /* 0: no limit */
	struct truth *truth; /* counts the frames that were sent; NULL: not needed */
	bool json;           /* print the progress of each second as JSON */
	bool verbose;        /* say why a sender was not used */
	/* Returns 1 with *@ret set, 0 at the end, or a negative errno with @why set. */
	int (*next)(void *opaque, struct tx_frame *ret, struct errmsg *why);
	void *opaque;
};

struct transmit_result {
	const char *sender;
	__u64 sent;
	__u64 bytes;
	__u64 failed;            /* refused by the kernel */
	__u64 too_short;         /* not tried: shorter than an Ethernet header */
	__u64 too_long;          /* not tried: above the interface's or the sender's maximum */
	__u64 interface_packets; /* by the interface's own counters */
	__u64 interface_dropped;
	double seconds;
	bool interrupted;
};

#endif
