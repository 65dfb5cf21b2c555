// SPDX-License-Identifier: GPL-2.0-only
// dispatcher: several XDP programs on one interface, one after the other, as libxdp does it.
#ifndef COMMON_ATTACH_DISPATCHER_H
#define COMMON_ATTACH_DISPATCHER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <xdp/prog_dispatcher.h>

#include "common/attach/xdp_hook.h"
#include "common/base/errmsg.h"

#define DISPATCHER_DEFAULT_PRIORITY 50 /* libxdp's; xdp-filter has 10 */

/* A program behind a dispatcher. */
struct dispatcher_component {
	__u32 id;
	__u32 priority; /* the lowest runs first */
	char name[16];
};

/* The dispatcher that runs on an interface, and its components in the order in which they run. */
struct dispatcher {
	__u32 id; /* 0: there is none */
	enum attach_mode mode;
	size_t count;
	struct dispatcher_component components[MAX_DISPATCHER_ACTIONS];
};

/**
 * dispatcher__target() - load what a program has to fit into, to be a component
 *
 * A program that is loaded to take the place of the target's function dispatcher_function can be a
 * component of any dispatcher.
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set: here is no
 * dispatcher to be had, and that is the reason.
 */
int dispatcher__target(struct errmsg *why);

extern const char dispatcher_function[];

/**
 * dispatcher__read() - the dispatcher that an interface runs
 *
 * Return: 0 with *@ret set, without components where there is none that this version understands;
 * or a negative errno with @why set: -EPERM where the caller may not look, with *@ret saying what
 * runs there, without components.
 */
int dispatcher__read(int ifindex, struct dispatcher *ret, struct errmsg *why);

/** dispatcher__find() - a component by its program's id, or NULL. */
const struct dispatcher_component *dispatcher__find(const struct dispatcher *dispatcher,
						    __u32 program_id);

/**
 * dispatcher__set() - as xdp_hook__set(), for a component of a dispatcher
 * @interface: its name, for the message
 * @program_fd: a program that fits into dispatcher__target(), or -1 to take one out
 * @expected_fd: the component that must be there now, or -1
 * @priority: where @program_fd runs among the others
 *
 * A dispatcher that is there is replaced by one with the component in it, in the place of the old
 * one, or without it; the others stay as they are. That is one step for the kernel: each frame
 * passes through the components of before or through those of after. It is verified afterwards.
 *
 * Return: 0, or a negative errno with @why set; what was there has stayed then.
 */
int dispatcher__set(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		    int expected_fd, __u32 priority, struct errmsg *why);

/** dispatcher__unpin() - remove a dispatcher that has been taken off; anything else has no pins. */
void dispatcher__unpin(int ifindex, __u32 id);

/**
 * dispatcher__forget() - remove the dispatchers that a killed command left, known by our program
 * @exists: the interface does; a dispatcher of one that is gone loses our program only
 * @program_id: a program of ours; where it runs it stays
 */
void dispatcher__forget(int ifindex, bool exists, __u32 program_id);

#endif
