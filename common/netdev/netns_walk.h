// SPDX-License-Identifier: GPL-2.0-only
// netns_walk: all network namespaces that can be reached.
#ifndef COMMON_NETDEV_NETNS_WALK_H
#define COMMON_NETDEV_NETNS_WALK_H

#include "common/netdev/netns.h"

/* Returns 0 to go on; another value ends the walk and is returned. */
typedef int netns_visitor(const struct netns *netns, void *opaque);

/**
 * netns__each() - visit every network namespace that can be reached
 *
 * Those that have a name in /run/netns, a process, a thread, an open descriptor, or a mount. Each
 * is visited once, labelled by the first of these that it has.
 *
 * Return: 0, what @visit returned, or a negative errno.
 */
int netns__each(netns_visitor *visit, void *opaque);

#endif
