// SPDX-License-Identifier: GPL-2.0-only
// displace: detach other XDP programs when --force is given.
#ifndef COMMON_ATTACH_DISPLACE_H
#define COMMON_ATTACH_DISPLACE_H

#include "common/attach/xdp_hook.h"
#include "common/base/errmsg.h"

#define DISPLACE_TEXT_BYTES 256

/* Detached programs, to be attached again or released. */
struct displaced {
	const char *interface;
	int ifindex;
	struct xdp_hook_state programs;
	int program_fds[ATTACH_AUTO]; /* 0: none */
};

/**
 * displace__describe() - what an interface runs, for a message
 * @programs: from xdp_hook__query()
 * @buf: the program's name and id, or those of a dispatcher's components
 */
void displace__describe(int ifindex, const struct xdp_hook_state *programs,
			char buf[DISPLACE_TEXT_BYTES]);

/**
 * displace__refuse() - say that another program prevents what was asked
 * @others: from displace__describe()
 *
 * Return: -EBUSY with @why set.
 */
int displace__refuse(const char *interface, const char *verb, const char *others,
		     struct errmsg *why);

/**
 * displace__all() - detach every program from an interface
 * @programs: from xdp_hook__query()
 *
 * Return: 0 with *@ret to be ended by displace__undo() or displace__finish(); or a negative errno
 * with @why set and nothing changed.
 */
int displace__all(const char *interface, int ifindex, const struct xdp_hook_state *programs,
		  struct displaced *ret, struct errmsg *why);

/** displace__undo() - attach them again; the hook must be free. All zeros are fine. */
void displace__undo(struct displaced *displaced);

/** displace__finish() - release them, and remove the pins of a dispatcher. All zeros are fine. */
void displace__finish(struct displaced *displaced);

#endif
