// SPDX-License-Identifier: GPL-2.0-only
// send_options: the options that all sending commands share.
#ifndef PKTGEN_SEND_SEND_OPTIONS_H
#define PKTGEN_SEND_SEND_OPTIONS_H

#include "common/base/options.h"
#include "pktgen/send/transmit_plan.h"

#define MAX_RATE_PPS 1000000000ull
#define MAX_DURATION_S 86400ull

struct send_cpus {
	int kernel; /* or CPU_ANY */
	int generator;
};

/* The options of all commands that send live. */
struct send_options {
	int sender; /* of senders[] */
	__u64 rate_pps;
	__u64 duration_ns;
	struct send_cpus cpus;
	__u64 batch;
	bool any_network;
};

/* Rows that fill a struct send_options. */
extern const struct option_row send_common_options[];

/**
 * send_options__read() - build a plan from the options of the command line
 * @interface: refused if sending on it is not safe
 * @ret_iface: owned by the caller; the plan refers to it
 *
 * Return: 0 with *@ret set except for its count, truth and source of frames, or a negative errno
 * with @why set.
 */
int send_options__read(const struct send_options *options, const char *interface,
		       struct iface *ret_iface, struct transmit_plan *ret, struct errmsg *why);

#endif
