// SPDX-License-Identifier: GPL-2.0-only
// clients: the connections of the exporter, bounded in number, per address, and in time.
#ifndef CTL_EXPORT_CLIENTS_H
#define CTL_EXPORT_CLIENTS_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#define MAX_CLIENTS 64

struct client {
	bool used;
	bool is_local;    /* over loopback or a Unix socket */
	bool is_unix;     /* over a Unix socket */
	bool has_request; /* its header section is complete */
	int fd;
	struct in6_addr network; /* an IPv4 address, or the /64 of an IPv6 address */
	__u64 since_ns;
};

struct clients {
	struct client list[MAX_CLIENTS];
};

/**
 * clients__add() - admit a connection
 * @fd: stays the caller's
 *
 * Return: NULL if its address has as many connections as it may have, or all entries are used.
 */
struct client *clients__add(struct clients *clients, int fd, const struct sockaddr *address);

/** clients__remove() - it is closed. */
void clients__remove(struct client *client);

/**
 * clients__make_room() - when all entries are used, shut one down
 *
 * That is the one that has been without a complete request for longest, or if all have one, the
 * oldest. Its entry is free after clients__remove().
 */
void clients__make_room(const struct clients *clients);

/** clients__expire() - shut down those that take too long. */
void clients__expire(const struct clients *clients);

#endif
