// SPDX-License-Identifier: GPL-2.0-only
// send_options: the options that all sending commands share.
#ifndef PKTGEN_SEND_SEND_OPTIONS_H
#define PKTGEN_SEND_SEND_OPTIONS_H

#include <popt.h>

#include "pktgen/send/transmit_plan.h"

#define MAX_RATE_PPS 1000000000ull
#define MAX_DURATION_S 86400ull

/* --sender, --rate, --duration, --cpu, --batch, --i-own-this-network. */
extern const struct poptOption send_common_options[];

/**
 * send_options__read() - build a plan from the options of the command line
 * @interface: refused if sending on it is not safe
 * @ret_iface: owned by the caller; the plan refers to it
 *
 * Return: 0 with *@ret set except for its count, truth and source of frames, or a negative errno
 * with @why set.
 */
int send_options__read(const char *interface, struct iface *ret_iface, struct transmit_plan *ret,
		       struct errmsg *why);

#endif
