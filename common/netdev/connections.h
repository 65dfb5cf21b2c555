// SPDX-License-Identifier: GPL-2.0-only
// connections: the TCP connections that this host has accepted.
#ifndef COMMON_NETDEV_CONNECTIONS_H
#define COMMON_NETDEV_CONNECTIONS_H

#include <linux/types.h>
#include <stddef.h>

/* Of IPv4 if @family is AF_INET, also where the socket is one of IPv6. */
struct connection {
	__u16 family;    /* AF_INET or AF_INET6 */
	__u16 port;      /* of this host, in host byte order */
	__be32 peer[4];  /* IPv4: in the first word */
	__be32 local[4]; /* likewise */
};

/**
 * connections__inbound() - established connections to ports that are listened on
 *
 * Those of the calling thread's network namespace. One that came in before its listener was closed
 * is not listed.
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno.
 */
int connections__inbound(struct connection **ret, size_t *ret_count);

#endif
