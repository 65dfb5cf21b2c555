// SPDX-License-Identifier: GPL-2.0-only
// dispatcher: several XDP programs on one interface, in libxdp's dispatcher.
#ifndef COMMON_ATTACH_DISPATCHER_H
#define COMMON_ATTACH_DISPATCHER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <xdp/prog_dispatcher.h>

#include "common/attach/xdp_hook.h"
#include "common/base/errmsg.h"

#define DISPATCHER_DEFAULT_PRIORITY 50 /* libxdp's; xdp-filter has 10 */

/* A component program. */
struct dispatcher_component {
	__u32 id;
	__u32 priority; /* the lowest runs first */
	char name[16];
};

/* The dispatcher that runs on an interface, and its components in the order in which they run. */
struct dispatcher {
	__u32 id; /* 0: none */
	enum attach_mode mode;
	size_t count;
	struct dispatcher_component components[MAX_DISPATCHER_ACTIONS];
};

/**
 * dispatcher__target() - load a dispatcher for component programs to be verified against
 *
 * A program that is loaded to replace the target's function dispatcher_function can become a
 * component of any dispatcher.
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set: the reason for
 * which no dispatcher can be used here.
 */
int dispatcher__target(struct errmsg *why);

extern const char dispatcher_function[];

/**
 * dispatcher__read() - the dispatcher that an interface runs
 *
 * Return: 0 with *@ret set, without components if there is no dispatcher that this version
 * understands; or a negative errno with @why set: -EPERM without the privilege to read it, with
 * *@ret saying what runs there, without components.
 */
int dispatcher__read(int ifindex, struct dispatcher *ret, struct errmsg *why);

/** dispatcher__find() - a component by its program's id. Return: the component, or NULL. */
const struct dispatcher_component *dispatcher__find(const struct dispatcher *dispatcher,
						    __u32 program_id);

/**
 * dispatcher__set() - as xdp_hook__set(), for a component of a dispatcher
 * @interface: its name, for the message
 * @program_fd: a program loaded for dispatcher__target(), or -1 to remove a component
 * @expected_fd: the component that must be there now, or -1
 * @priority: the order of @program_fd among the components
 *
 * The present dispatcher is replaced by one with the component added, replaced or removed; the
 * other components stay as they are. The kernel does this in one step: each frame passes through
 * the old components or through the new ones. The result is verified.
 *
 * Return: 0, or a negative errno with @why set and nothing changed.
 */
int dispatcher__set(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		    int expected_fd, __u32 priority, struct errmsg *why);

/** dispatcher__unpin() - remove the pins of a detached dispatcher; no other program has any. */
void dispatcher__unpin(int ifindex, __u32 id);

/**
 * dispatcher__forget() - remove the dispatchers that a killed command left
 * @exists: the interface does; if not, only our program is unpinned
 * @program_id: our program, by which they are recognized; where it runs it stays
 */
void dispatcher__forget(int ifindex, bool exists, __u32 program_id);

#endif
