// SPDX-License-Identifier: GPL-2.0-only
// transmit: send frames on an interface within limits, and count them as they leave.
#ifndef PKTGEN_SEND_TRANSMIT_H
#define PKTGEN_SEND_TRANSMIT_H

#include "pktgen/send/transmit_plan.h"

/**
 * transmit__run() - send until the frames end, a limit is reached, or Ctrl-C
 *
 * Prints its progress once a second on standard error.
 *
 * Return: 0, or a negative errno with @why set; *@ret is valid in either case.
 */
int transmit__run(const struct transmit_plan *plan, struct transmit_result *ret,
		  struct errmsg *why);

#endif
