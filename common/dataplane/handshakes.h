// SPDX-License-Identifier: GPL-2.0-only
// handshakes: the programs that count the connections which this host completes: loaded onto a
// dataplane's maps, attached, and handed over from one dataplane of an interface to the next.
#ifndef COMMON_DATAPLANE_HANDSHAKES_H
#define COMMON_DATAPLANE_HANDSHAKES_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/dataplane/dataplane.h"

struct handshakes;

struct handshakes_request {
	const struct dataplane *dataplane; /* with TABLE_COMPLETED */
	__u64 netns;                       /* inode: of this network namespace, and */
	int ifindex;                       /* come in on this interface or one above it now */
	const char *previous; /* the pins of the interface's dataplane until now, or NULL */
};

/**
 * handshakes__start() - load the programs, by BTF or else by the tracepoint's record
 *
 * Where the dataplane until now has handshakes, its hook is taken over, and goes on counting for it
 * until handshakes__run(). Otherwise a new one is attached, which counts nothing until then.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: why connections
 * cannot be counted here.
 */
int handshakes__start(const struct handshakes_request *request, struct handshakes **ret,
		      struct errmsg *why);

/** handshakes__scope() - of what more than the request's interface they count; empty: nothing. */
const char *handshakes__scope(const struct handshakes *handshakes);

/** handshakes__pin() - beside the dataplane's pins. Return: 0, or a negative errno with @why set.
 */
int handshakes__pin(const struct handshakes *handshakes, const char *directory, struct errmsg *why);

/**
 * handshakes__run() - let the hook call the program that is pinned in a directory, if one is
 *
 * One step: a connection is counted by the program before, or by this one.
 *
 * Return: 0, or a negative errno with @why set.
 */
int handshakes__run(const char *directory, struct errmsg *why);

/** handshakes__are_pinned() - in a directory, whether they may be opened or not. */
bool handshakes__are_pinned(const char *directory);

/** handshakes__hook() - open the hook pinned in a directory. Return: a descriptor, or an error. */
int handshakes__hook(const char *directory);

/**
 * handshakes__missed() - changes of state that a hook has not seen since it was loaded
 *
 * Not more than so many connections were completed and not counted.
 */
__u64 handshakes__missed(int hook_fd);

/** handshakes__close() - close and free; NULL is fine. What is not pinned is detached. */
void handshakes__close(struct handshakes *handshakes);

#endif
