// SPDX-License-Identifier: GPL-2.0-only
// xdp_hook: attach and detach a program at one of the XDP hooks of an interface.
#ifndef COMMON_ATTACH_XDP_HOOK_H
#define COMMON_ATTACH_XDP_HOOK_H

#include <linux/types.h>

#include "common/base/errmsg.h"

enum attach_mode { ATTACH_NATIVE, ATTACH_GENERIC, ATTACH_OFFLOAD, ATTACH_AUTO, ATTACH_NONE };

extern const char *const attach_mode_names[]; /* by enum attach_mode, NULL for ATTACH_NONE */

/** attach_mode__option() - what 'xdpctl attach' needs to keep the mode, for messages: "" if native
 */
const char *attach_mode__option(enum attach_mode mode);

/* The program at each of the hooks of an interface; 0: none. */
struct xdp_hook_state {
	__u32 program_ids[ATTACH_AUTO];
};

/** xdp_hook__query() - ask what an interface runs. Return: 0, or a negative errno with @why set. */
int xdp_hook__query(int ifindex, struct xdp_hook_state *ret, struct errmsg *why);

/** xdp_hook_state__mode_of() - the hook at which a program runs, or ATTACH_NONE. */
enum attach_mode xdp_hook_state__mode_of(const struct xdp_hook_state *state, __u32 program_id);

/** xdp_hook_state__any() - the program that runs at any hook, natively first, or 0. */
__u32 xdp_hook_state__any(const struct xdp_hook_state *state);

/**
 * xdp_hook__set() - attach a program to an interface, replace one, or detach it
 * @interface: its name, for the message
 * @mode: not ATTACH_AUTO
 * @program_fd: the program, or -1 to detach
 * @expected_fd: the program that must be there now, or -1 if there must be none; otherwise nothing
 *		 is changed
 *
 * The kernel does this in one step: no frame passes between two programs. The result is verified,
 * because a detach with the wrong mode returns 0 and does nothing.
 *
 * Return: 0, or a negative errno with @why set: the kernel's own reason and a remedy.
 */
int xdp_hook__set(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		  int expected_fd, struct errmsg *why);

/** xdp_hook__swap() - xdp_hook__set(), but not verified afterwards. */
int xdp_hook__swap(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		   int expected_fd, struct errmsg *why);

/**
 * xdp_hook__settle() - wait until no CPU runs a program that has just been replaced or detached
 *
 * Its counts are final then.
 *
 * Return: 0, or a negative errno with @why set if the kernel offers no way to wait.
 */
int xdp_hook__settle(const char *interface, struct errmsg *why);

#endif
