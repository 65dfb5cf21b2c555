// SPDX-License-Identifier: GPL-2.0-only
// transmission: what the parts of transmit share.
#ifndef PKTGEN_SEND_TRANSMISSION_H
#define PKTGEN_SEND_TRANSMISSION_H

#include "pktgen/frames/packet.h"
#include "pktgen/send/pacer.h"
#include "pktgen/send/transmit.h"

#define NS_PER_S 1000000000ull
#define PROOF_FRAMES 16      /* more than an interface sends by itself while it is watched */
#define FULL_WAIT_NS 50000   /* a small part of what a full ring lasts for */
#define MAX_WAIT_NS 10000000 /* Ctrl-C and the reports are looked at as often */

/* What a frame that was pushed and is not done yet was meant to be. */
struct pending {
	enum frame_class class;
	struct address source;
};

/* The first frames, kept until a sender is known to work. */
struct probe_frames {
	__u32 count;
	__u32 next;
	struct tx_frame frames[PROOF_FRAMES];
	__u8 bytes[PROOF_FRAMES][PACKET_MAX_BYTES];
};

struct transmission {
	const struct transmit_plan *plan;
	struct transmit_result *result;
	struct sender_config config;
	const struct sender *sender;
	void *self;
	bool probing; /* what is done now may have to be done again */
	struct pacer pacer;
	__u64 start_ns;
	__u64 report_ns; /* of the last report */
	__u64 report_sent;
	__u64 made;
	__u64 pushed;
	__u64 done;
	struct tx_frame frame;
	bool has_frame; /* made, and not yet pushed */
	bool at_end;
	int truth_error;
	struct iface_counters before;
	struct probe_frames probe;
	__u32 pending_bytes[SENDER_MAX_IN_FLIGHT];
	struct pending pending[SENDER_MAX_IN_FLIGHT]; /* used if there is a truth to tell */
};

/** transmission__sleep() - wait, but never for long. */
void transmission__sleep(__u64 ns);

/** transmission__prepare() - make the next frame that can be sent, unless there is one already. */
int transmission__prepare(struct transmission *t, struct errmsg *why);

/** transmission__push() - give it to the sender. Return: false if the sender is full. */
bool transmission__push(struct transmission *t);

/** transmission__account() - frame @number of those that were pushed has left. */
void transmission__account(struct transmission *t, __u64 number);

/** transmission__start() - make the first frames and open the sender that was asked for, or works.
 */
int transmission__start(struct transmission *t, struct errmsg *why);

#endif
