// SPDX-License-Identifier: GPL-2.0-only
// transmit: frames from anywhere onto an interface, within limits, counted as they leave.
#ifndef PKTGEN_SEND_TRANSMIT_H
#define PKTGEN_SEND_TRANSMIT_H

#include <stdbool.h>

#include "pktgen/send/iface.h"
#include "pktgen/send/sender.h"
#include "pktgen/truth/truth.h"

/* One frame to be sent. The bytes stay valid until the next one is asked for. */
struct tx_frame {
	const __u8 *data;
	__u32 bytes;
	__u64 due_ns; /* since the start, in a timed plan */
	enum frame_class class;
	struct address source;
};

struct transmit_plan {
	const struct iface *iface;
	const struct sender *sender; /* NULL: what works */
	__u32 batch;
	int kernel_cpu;
	int generator_cpu;
	__u64 rate_pps;      /* 0: as fast as it goes, or timed */
	bool timed;          /* frames go when they are due */
	__u64 count;         /* of frames made, whether they can be sent or not; 0: no limit */
	__u64 duration_ns;   /* 0: no limit */
	struct truth *truth; /* told about what has left; NULL: nobody wants to know */
	bool json;           /* the reports of each second */
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
	__u64 too_short;         /* not tried: below an Ethernet header */
	__u64 too_long;          /* not tried: above the interface's or the sender's maximum */
	__u64 interface_packets; /* what the interface's own counters say */
	__u64 interface_dropped;
	double seconds;
	bool interrupted;
};

/**
 * transmit__run() - send until the end of the frames or a limit is reached, or on Ctrl-C
 *
 * Reports each second on standard error.
 *
 * Return: 0, or a negative errno with @why set; *@ret says what was done in either case.
 */
int transmit__run(const struct transmit_plan *plan, struct transmit_result *ret,
		  struct errmsg *why);

#endif
