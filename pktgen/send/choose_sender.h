// SPDX-License-Identifier: GPL-2.0-only
// choose_sender: open the requested sender, or the first one that works for these frames.
#ifndef PKTGEN_SEND_CHOOSE_SENDER_H
#define PKTGEN_SEND_CHOOSE_SENDER_H

#include "pktgen/send/transmission.h"

/**
 * choose_sender__open() - generate the first frames and open a sender for them
 * @t: its plan, result, config and start counters are set
 *
 * A sender that needs proof has sent the first frames when this returns.
 *
 * Return: 0 with @t's sender open, or a negative errno with @why set.
 */
int choose_sender__open(struct transmission *t, struct errmsg *why);

#endif
