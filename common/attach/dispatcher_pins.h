// SPDX-License-Identifier: GPL-2.0-only
// dispatcher_pins: the components of libxdp's dispatchers, as their configuration and pins say.
#ifndef COMMON_ATTACH_DISPATCHER_PINS_H
#define COMMON_ATTACH_DISPATCHER_PINS_H

#include <linux/types.h>
#include <stdbool.h>
#include <xdp/prog_dispatcher.h>

#include "common/base/errmsg.h"

#define MAX_COMPONENTS MAX_DISPATCHER_ACTIONS
#define DISPATCHER_FUNCTION "xdp_dispatcher" /* the dispatcher's function */

/* A component and its entry in the dispatcher's configuration. */
struct component {
	int program_fd;
	int link_fd;              /* -1: not linked into a dispatcher yet, or not opened */
	__u32 chain_call_actions; /* a bit for each verdict after which the next one runs */
	__u32 priority;
	__u32 flags; /* BPF_F_XDP_HAS_FRAGS, or 0 */
};

/* The components of an interface, present or planned, in the order in which they run. */
struct dispatcher_pins {
	int ifindex;
	int fd; /* the dispatcher, or -1 */
	__u32 id;
	int count;
	struct component components[MAX_COMPONENTS];
};

/**
 * dispatcher_pins__lock() - take the lock under which all users of libxdp pin, unpin and read pins
 * @create: create the directory of pins where it is missing
 *
 * The functions below must be called with the lock held, but for dispatcher_pins__open(): the pins
 * of a dispatcher do not change while it runs.
 *
 * Return: a descriptor for lock__release(), or a negative errno with @why set:
 * -ETIMEDOUT if another process does not release it.
 */
int dispatcher_pins__lock(bool create, struct errmsg *why);

/**
 * dispatcher_pins__open() - the components of a dispatcher
 * @id: the dispatcher's; 0 gives an empty list without a dispatcher
 *
 * Return: 0 with *@ret to be closed by dispatcher_pins__close(); -ENOENT if the program is no
 * dispatcher or has no pins; -EPROTO if it is one of another version; or another errno.
 */
int dispatcher_pins__open(int ifindex, __u32 id, struct dispatcher_pins *ret);

/**
 * dispatcher_pins__holds() - true if a dispatcher has a program among its components, on whichever
 * interface it was attached to
 */
bool dispatcher_pins__holds(__u32 id, __u32 program_id);

/** dispatcher_pins__close() - close all file descriptors. */
void dispatcher_pins__close(struct dispatcher_pins *pins);

/** dispatcher_pins__find() - find a program. Return: its slot, or -ENOENT. */
int dispatcher_pins__find(const struct dispatcher_pins *pins, __u32 program_id);

/** dispatcher_pins__remove() - remove a component; the next ones move up. */
void dispatcher_pins__remove(struct dispatcher_pins *pins, int at);

/**
 * dispatcher_pins__insert() - add a component, by priority and then by name, as libxdp orders them
 * @program_fd: remains the caller's
 *
 * Return: its slot, or a negative errno: -E2BIG if all are in use.
 */
int dispatcher_pins__insert(struct dispatcher_pins *pins, int program_fd, __u32 priority);

/**
 * dispatcher_pins__pin() - pin the components as those of another dispatcher, all or none
 * @id: the dispatcher into which they are linked
 * @own: the slot of our program; if that is removed, the first unused one
 * @own_fd: our program
 *
 * Ours is pinned first: dispatcher_pins__forget() recognizes the directory by it, wherever we are
 * killed.
 *
 * Return: 0, or a negative errno with @why set.
 */
int dispatcher_pins__pin(const struct dispatcher_pins *pins, const char *interface, __u32 id,
			 int own, int own_fd, struct errmsg *why);

/**
 * dispatcher_pins__mark() - pin our program in an unused slot
 *
 * dispatcher_pins__forget() recognizes the directory by it.
 */
void dispatcher_pins__mark(const struct dispatcher_pins *pins, int slot, int program_fd);

/** dispatcher_pins__unpin_component() - unpin a component, and with the last one the dispatcher. */
void dispatcher_pins__unpin_component(int ifindex, __u32 id, int slot);

/**
 * dispatcher_pins__unpin() - unpin the components of a dispatcher, which unlinks them
 * @program_id: our program, or 0; its pin is removed last, so that dispatcher_pins__forget() can
 *		finish what a killed command began
 */
void dispatcher_pins__unpin(int ifindex, __u32 id, __u32 program_id);

/**
 * dispatcher_pins__forget() - remove the dispatchers that a killed command left
 * @exists: the interface does
 * @program_id: our program, by which they are recognized
 *
 * A dispatcher that runs keeps its components. Of an interface that does not exist here, only our
 * program is unpinned: it may have been moved to another namespace and run the others.
 */
void dispatcher_pins__forget(int ifindex, bool exists, __u32 program_id);

#endif
