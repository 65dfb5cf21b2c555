// SPDX-License-Identifier: GPL-2.0-only
// displace: what is not ours comes off an interface, for who insists.
#ifndef COMMON_ATTACH_DISPLACE_H
#define COMMON_ATTACH_DISPLACE_H

#include "common/attach/xdp_hook.h"
#include "common/base/errmsg.h"

#define DISPLACE_TEXT_BYTES 256

/* What was taken off, to be put back or forgotten. */
struct displaced {
	const char *interface;
	int ifindex;
	struct xdp_hook_state programs;
	int program_fds[ATTACH_AUTO]; /* 0: none */
};

/**
 * displace__describe() - what an interface runs, for a message
 * @programs: what xdp_hook__query() told
 * @buf: the program's name and id, or those of the components behind a dispatcher
 */
void displace__describe(int ifindex, const struct xdp_hook_state *programs,
			char buf[DISPLACE_TEXT_BYTES]);

/**
 * displace__all() - take every program off an interface
 * @programs: what xdp_hook__query() told
 *
 * Return: 0 with *@ret to be ended by displace__undo() or displace__finish(); or a negative errno
 * with
 * @why set, and all as it was.
 */
int displace__all(const char *interface, int ifindex, const struct xdp_hook_state *programs,
		  struct displaced *ret, struct errmsg *why);

/** displace__undo() - put them back; the hook must be free. All zeros are fine. */
void displace__undo(struct displaced *displaced);

/** displace__finish() - forget them, and remove the pins of a dispatcher. All zeros are fine. */
void displace__finish(struct displaced *displaced);

#endif
