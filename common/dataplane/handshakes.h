// SPDX-License-Identifier: GPL-2.0-only
// handshakes: loads the programs that count completed connections onto a dataplane's maps, attaches
// them, and hands them over from one dataplane of an interface to the next.
#ifndef COMMON_DATAPLANE_HANDSHAKES_H
#define COMMON_DATAPLANE_HANDSHAKES_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/dataplane/dataplane.h"

struct handshakes;

struct handshakes_request {
	const struct dataplane *dataplane; /* with TABLE_COMPLETED */
	__u64 netns;          /* inode; count connections of this network namespace that */
	int ifindex;          /* arrive on this interface, or on one that is above it now */
	const char *previous; /* directory of the interface's dataplane until now, or NULL */
};

/**
 * handshakes__start() - load the programs, by BTF or else by the tracepoint's record
 *
 * If the previous dataplane has handshakes, its hook is reused, and goes on counting for it until
 * handshakes__run(). Otherwise a new hook is attached, which counts nothing until then.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: the reason why
 * connections cannot be counted here.
 */
int handshakes__start(const struct handshakes_request *request, struct handshakes **ret,
		      struct errmsg *why);

/** handshakes__scope() - what they count beyond the request's interface; empty: nothing. */
const char *handshakes__scope(const struct handshakes *handshakes);

/** handshakes__pin() - pin into the dataplane's directory. Return: 0, or a negative errno with @why
 * set. */
int handshakes__pin(const struct handshakes *handshakes, const char *directory, struct errmsg *why);

/**
 * handshakes__run() - let the hook call the program that is pinned in a directory, if there is one
 *
 * This is atomic: each connection is counted either by the previous program or by this one.
 *
 * Return: 0, or a negative errno with @why set.
 */
int handshakes__run(const char *directory, struct errmsg *why);

/** handshakes__close() - close and free; NULL is fine. Without pins, the hook is detached. */
void handshakes__close(struct handshakes *handshakes);

#endif
