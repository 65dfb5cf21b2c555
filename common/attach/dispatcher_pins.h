// SPDX-License-Identifier: GPL-2.0-only
// dispatcher_pins: what libxdp's dispatchers call, one after the other, as their configuration and
// pins say.
#ifndef COMMON_ATTACH_DISPATCHER_PINS_H
#define COMMON_ATTACH_DISPATCHER_PINS_H

#include <linux/types.h>
#include <stdbool.h>
#include <xdp/prog_dispatcher.h>

#include "common/base/errmsg.h"

#define MAX_COMPONENTS MAX_DISPATCHER_ACTIONS
#define DISPATCHER_FUNCTION "xdp_dispatcher" /* the dispatcher's function */

/* A component, and what the dispatcher has to know about it. */
struct component {
	int program_fd;
	int link_fd;              /* -1: not linked into a dispatcher yet, or not opened */
	__u32 chain_call_actions; /* bit by verdict: with this one, go on to the next */
	__u32 priority;
	__u32 flags; /* BPF_F_XDP_HAS_FRAGS, or 0 */
};

/* What an interface runs or shall run, in that order. */
struct dispatcher_pins {
	int ifindex;
	int fd; /* the dispatcher; -1: there is none */
	__u32 id;
	int count;
	struct component components[MAX_COMPONENTS];
};

/**
 * dispatcher_pins__lock() - exclude the other users of libxdp, who take it while they pin, unpin or
 * read pins
 * @create: the directory of pins, where it is missing
 *
 * All that is below is to be called with it.
 *
 * Return: a file descriptor that holds it until it is closed, or a negative errno with @why set.
 */
int dispatcher_pins__lock(bool create, struct errmsg *why);

/**
 * dispatcher_pins__open() - the components of a dispatcher
 * @id: the dispatcher's; 0 is an empty chain, of no dispatcher
 *
 * Return: 0 with *@ret to be closed by dispatcher_pins__close(); -ENOENT where the program is no
 * dispatcher or has no pins; -EPROTO where it is one of another version; or another errno.
 */
int dispatcher_pins__open(int ifindex, __u32 id, struct dispatcher_pins *ret);

/** dispatcher_pins__close() - close what a chain has open. */
void dispatcher_pins__close(struct dispatcher_pins *pins);

/** dispatcher_pins__find() - Return: the slot of a program, or -ENOENT. */
int dispatcher_pins__find(const struct dispatcher_pins *pins, __u32 program_id);

/** dispatcher_pins__remove() - close a slot and let the next ones move up. */
void dispatcher_pins__remove(struct dispatcher_pins *pins, int at);

/**
 * dispatcher_pins__insert() - add a component, by priority and then by name, as libxdp orders them
 * @program_fd: stays the caller's
 *
 * Return: its slot, or a negative errno: -E2BIG where all are taken.
 */
int dispatcher_pins__insert(struct dispatcher_pins *pins, int program_fd, __u32 priority);

/**
 * dispatcher_pins__pin() - pin the components as those of another dispatcher, or nothing
 * @id: the dispatcher's, into which they are linked
 * @own: the slot of our program; if it is taken out, the first that is not used
 * @own_fd: our program
 *
 * Ours is pinned first: by it dispatcher_pins__forget() knows the directory as one of ours,
 * wherever we are killed.
 *
 * Return: 0, or a negative errno with @why set.
 */
int dispatcher_pins__pin(const struct dispatcher_pins *pins, const char *interface, __u32 id,
			 int own, int own_fd, struct errmsg *why);

/** dispatcher_pins__mark() - pin our program in a slot that is not used, for
 * dispatcher_pins__forget() to find. */
void dispatcher_pins__mark(const struct dispatcher_pins *pins, int slot, int program_fd);

/** dispatcher_pins__unpin_component() - unpin one component, and with the last one the dispatcher.
 */
void dispatcher_pins__unpin_component(int ifindex, __u32 id, int slot);

/**
 * dispatcher_pins__unpin() - unpin a dispatcher's components, if it has any; they are unlinked with
 * that
 * @program_id: of ours, whose pin goes last: until then dispatcher_pins__forget() finds the rest;
 * or 0
 */
void dispatcher_pins__unpin(int ifindex, __u32 id, __u32 program_id);

/**
 * dispatcher_pins__forget() - remove what a killed command left of dispatchers, known by our
 * program
 *
 * A dispatcher that runs on the interface keeps all that it calls. On an interface that is gone
 * others' components stay: it may have been moved to another namespace, and run them.
 */
void dispatcher_pins__forget(int ifindex, bool exists, __u32 program_id);

#endif
