// SPDX-License-Identifier: GPL-2.0-only
// running: which interfaces run which XDP programs, in all network namespaces that can be reached.
#ifndef COMMON_ATTACH_RUNNING_H
#define COMMON_ATTACH_RUNNING_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

#include "common/attach/xdp_hook.h"
#include "common/netdev/netns.h"

#define RUNNING_HIDDEN_LABEL "a network namespace with neither name nor process"

/* An interface with an XDP program. */
struct running {
	__u64 netns; /* inode; 0: it is hidden */
	char label[NETNS_LABEL_BYTES];
	int ifindex;
	char interface[IFNAMSIZ];
	struct xdp_hook_state programs;
};

/**
 * running__list() - the interfaces with XDP programs, of every network namespace
 *
 * One dump for each namespace.
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno: -EPERM if the caller may not
 * look into other namespaces.
 */
int running__list(struct running **ret, size_t *ret_count);

/**
 * running__list_hidden() - the same for the network namespaces that those have ids for
 *
 * The kernel gives the target of a moved interface an id where the interface comes from, and where
 * the other end of a veth was listed. So it is found even if only a socket keeps that namespace,
 * which cannot be entered then.
 *
 * Return: as running__list().
 */
int running__list_hidden(struct running **ret, size_t *ret_count);

/** running__list_here() - the same for this network namespace alone. */
int running__list_here(struct running **ret, size_t *ret_count);

/**
 * running__find() - the interface that runs a program, also as a component of a dispatcher
 *
 * Return: the interface, or NULL.
 */
const struct running *running__find(const struct running *list, size_t count, __u32 program_id);

#endif
