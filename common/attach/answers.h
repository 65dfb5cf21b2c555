// SPDX-License-Identifier: GPL-2.0-only
// answers: whether answers that a program sends back (XDP_TX) leave an interface as they should.
#ifndef COMMON_ATTACH_ANSWERS_H
#define COMMON_ATTACH_ANSWERS_H

#include <stdbool.h>

#include "common/attach/xdp_hook.h"
#include "common/dataplane/dataplane.h"
#include "common/netdev/netdev.h"

/* Why answers would be lost or wrong, and what to do about it; empty: nothing is known. */
struct answers_obstacle {
	char reason[200];
	char remedy[200];
};

/**
 * answers__find_obstacle() - what a kernel would do to answers, as far as it can be known
 * @mode: native or generic
 *
 * Nothing is sent. A driver that cannot transmit is not found out: see tx_failed__read().
 *
 * Return: true with *@ret set if answers would be lost or wrong.
 */
bool answers__find_obstacle(const struct netdev *netdev, enum attach_mode mode,
			    struct answers_obstacle *ret);

/**
 * answers__allow() - let a program answer, unless there is an obstacle: SYNs then pass instead
 * @dataplane: decides by a policy
 * @ret: the obstacle; empty: none
 *
 * Return: 0, or a negative errno with @why set.
 */
int answers__allow(const char *interface, enum attach_mode mode, const struct dataplane *dataplane,
		   struct answers_obstacle *ret, struct errmsg *why);

#endif
