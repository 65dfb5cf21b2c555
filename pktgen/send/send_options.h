// SPDX-License-Identifier: GPL-2.0-only
// send_options: what all commands that send live have in common on the command line.
#ifndef PKTGEN_SEND_SEND_OPTIONS_H
#define PKTGEN_SEND_SEND_OPTIONS_H

#include <popt.h>

#include "pktgen/send/transmit_plan.h"

#define MAX_RATE_PPS 1000000000ull
#define MAX_DURATION_S 86400ull

/* --sender, --rate, --duration, --cpu, --batch, --i-own-this-network. */
extern const struct poptOption send_common_options[];

/**
 * send_options__read() - put what was typed into a plan
 * @interface: checked, and refused where one should not send
 * @ret_iface: stays the caller's; the plan refers to it
 *
 * Return: 0 with *@ret set but for count, truth and where frames come from, or a negative errno
 * with
 * @why set.
 */
int send_options__read(const char *interface, struct iface *ret_iface, struct transmit_plan *ret,
		       struct errmsg *why);

#endif
