// SPDX-License-Identifier: GPL-2.0-only
// dispatcher_pins: what libxdp's dispatchers call, one after the other, as their configuration and
// pins say.
#ifndef COMMON_ATTACH_DISPATCHER_PINS_H
#define COMMON_ATTACH_DISPATCHER_PINS_H

#include <linux/types.h>
#include <stdbool.h>
#include <xdp/prog_dispatcher.h>

#include "common/base/errmsg.h"

#define CHAIN_SLOTS MAX_DISPATCHER_ACTIONS
#define CHAIN_PROGRAM "xdp_dispatcher" /* the dispatcher's function */

/* A component, and what the dispatcher has to know about it. */
struct chain_slot {
	int program_fd;
	int link_fd;              /* -1: not linked into a dispatcher yet, or not opened */
	__u32 chain_call_actions; /* bit by verdict: with this one, go on to the next */
	__u32 priority;
	__u32 flags; /* BPF_F_XDP_HAS_FRAGS, or 0 */
};

/* What an interface runs or shall run, in that order. */
struct chain {
	int ifindex;
	int fd; /* the dispatcher; -1: there is none */
	__u32 id;
	int count;
	struct chain_slot slots[CHAIN_SLOTS];
};

/**
 * chain__lock() - exclude the other users of libxdp, who take it while they pin, unpin or read pins
 * @create: the directory of pins, where it is missing
 *
 * All that is below is to be called with it.
 *
 * Return: a file descriptor that holds it until it is closed, or a negative errno with @why set.
 */
int chain__lock(bool create, struct errmsg *why);

/**
 * chain__open() - the components of a dispatcher
 * @id: the dispatcher's; 0 is an empty chain, of no dispatcher
 *
 * Return: 0 with *@ret to be closed by chain__close(); -ENOENT where the program is no dispatcher
 * or has no pins; -EPROTO where it is one of another version; or another errno.
 */
int chain__open(int ifindex, __u32 id, struct chain *ret);

/** chain__close() - close what a chain has open. */
void chain__close(struct chain *chain);

/** chain__find() - Return: the slot of a program, or -ENOENT. */
int chain__find(const struct chain *chain, __u32 program_id);

/** chain__remove() - close a slot and let the next ones move up. */
void chain__remove(struct chain *chain, int at);

/**
 * chain__insert() - add a component, by priority and then by name, as libxdp orders them
 * @program_fd: stays the caller's
 *
 * Return: its slot, or a negative errno: -E2BIG where all are taken.
 */
int chain__insert(struct chain *chain, int program_fd, __u32 priority);

/**
 * chain__pin() - pin the components as those of another dispatcher, or nothing
 * @id: the dispatcher's, into which they are linked
 * @own: the slot of our program; if it is taken out, the first that is not used
 * @own_fd: our program
 *
 * Ours is pinned first: by it chain__forget() knows the directory as one of ours, wherever we are
 * killed.
 *
 * Return: 0, or a negative errno with @why set.
 */
int chain__pin(const struct chain *chain, const char *interface, __u32 id, int own, int own_fd,
	       struct errmsg *why);

/** chain__mark() - pin our program in a slot that is not used, for chain__forget() to find. */
void chain__mark(const struct chain *chain, int slot, int program_fd);

/** chain__unpin_slot() - unpin one component, and with the last one the dispatcher. */
void chain__unpin_slot(int ifindex, __u32 id, int slot);

/**
 * chain__unpin() - unpin a dispatcher's components, if it has any; they are unlinked with that
 * @program_id: of ours, whose pin goes last: until then chain__forget() finds the rest; or 0
 */
void chain__unpin(int ifindex, __u32 id, __u32 program_id);

/**
 * chain__forget() - remove what a killed command left of dispatchers, known by our program
 *
 * A dispatcher that runs on the interface keeps all that it calls. On an interface that is gone
 * others' components stay: it may have been moved to another namespace, and run them.
 */
void chain__forget(int ifindex, bool exists, __u32 program_id);

#endif
