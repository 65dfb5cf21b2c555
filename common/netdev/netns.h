// SPDX-License-Identifier: GPL-2.0-only
// netns: a network namespace: open it, enter it, leave it.
#ifndef COMMON_NETDEV_NETNS_H
#define COMMON_NETDEV_NETNS_H

#include <linux/types.h>

#include "common/base/errmsg.h"

#define NETNS_LABEL_BYTES 160
#define NETNS_NAMES "/run/netns"

struct netns {
	__u64 inode;
	int fd;                        /* valid during the call */
	char label[NETNS_LABEL_BYTES]; /* "network namespace 'NAME'", or "... of process PID" */
};

/** netns__inode() - the inode of the calling thread's network namespace; 0 if it is unknown. */
__u64 netns__inode(void);

/**
 * netns__open() - open a network namespace
 * @what: the option that named it, for messages
 * @name: in /run/netns, or a path
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set.
 */
int netns__open(const char *what, const char *name, struct errmsg *why);

/**
 * netns__enter() - move the calling thread into a network namespace
 *
 * Return: a file descriptor for netns__leave(), or a negative errno.
 */
int netns__enter(const struct netns *netns);

/** netns__leave() - move the calling thread back. */
void netns__leave(int fd);

#endif
