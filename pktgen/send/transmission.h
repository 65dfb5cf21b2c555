// SPDX-License-Identifier: GPL-2.0-only
// transmission: the state of a running transmission, and its frames on their way to the sender.
#ifndef PKTGEN_SEND_TRANSMISSION_H
#define PKTGEN_SEND_TRANSMISSION_H

#include "pktgen/frames/packet.h"
#include "pktgen/send/pacer.h"
#include "pktgen/send/transmit_plan.h"

#define NS_PER_S 1000000000ull
#define PROBE_FRAMES 16      /* more than an interface sends on its own during the probe */
#define FULL_WAIT_NS 50000   /* a small part of the time that a full ring takes to drain */
#define MAX_WAIT_NS 10000000 /* how often Ctrl-C and the progress report are checked */

/* What a frame in flight was generated as. */
struct in_flight {
	enum frame_class class;
	struct address source;
};

/* The first frames, kept until a sender is known to work. */
struct probe_frames {
	__u32 count;
	__u32 next;
	struct tx_frame frames[PROBE_FRAMES];
	__u8 bytes[PROBE_FRAMES][PACKET_MAX_BYTES];
};

struct transmission {
	const struct transmit_plan *plan;
	struct transmit_result *result;
	struct sender_config config;
	const struct sender *sender;
	void *self;   /* the sender's state; NULL: none is open */
	bool probing; /* frames that are done may have to be sent again by another sender */
	struct pacer pacer;
	__u64 start_ns;
	__u64 report_ns; /* of the last progress report */
	__u64 report_sent;
	__u64 generated;
	__u64 pushed;
	__u64 done;
	struct tx_frame frame;
	bool has_frame; /* @frame is generated and not yet pushed */
	bool at_end;
	int truth_error;
	struct iface_counters before;
	struct probe_frames probe;
	__u32 in_flight_bytes[SENDER_MAX_IN_FLIGHT];
	struct in_flight in_flight[SENDER_MAX_IN_FLIGHT]; /* unused without a truth */
};

/** transmission__init() - prepare @t, which is zeroed, for @plan. @ret receives the result. */
void transmission__init(struct transmission *t, const struct transmit_plan *plan,
			struct transmit_result *ret);

/** transmission__sleep() - wait for @ns, but at most MAX_WAIT_NS. */
void transmission__sleep(__u64 ns);

/** transmission__prepare() - generate the next frame that can be sent, unless there is one. */
int transmission__prepare(struct transmission *t, struct errmsg *why);

/** transmission__push() - hand the frame to the sender. Return: false if the sender is full. */
bool transmission__push(struct transmission *t);

/** transmission__account() - count frame @number of those pushed as sent. */
void transmission__account(struct transmission *t, __u64 number);

/** transmission__is_finished() - true once the last frame has been pushed. */
bool transmission__is_finished(const struct transmission *t);

#endif
