// SPDX-License-Identifier: GPL-2.0-only
// connections: the TCP connections that this host has accepted.
#include "common/netdev/connections.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/netdev/netlink.h"

struct sockets {
	bool is_listened_on[65536]; /* by port */
	struct connection *connections;
	size_t count, capacity;
};

/* An IPv4 address in an IPv6 socket becomes one of IPv4. */
static bool is_mapped(const __be32 address[4])
{
	return !address[0] && !address[1] && address[2] == htonl(0xffff);
}

static struct connection connection_of(const struct inet_diag_msg *socket)
{
	struct connection connection = {.family = socket->idiag_family,
					.port = ntohs(socket->id.idiag_sport)};

	memcpy(connection.peer, socket->id.idiag_dst, sizeof(connection.peer));
	memcpy(connection.local, socket->id.idiag_src, sizeof(connection.local));
	if (connection.family == AF_INET6 && is_mapped(connection.peer)) {
		connection.family = AF_INET;
		connection.peer[0] = connection.peer[3];
		connection.local[0] = connection.local[3];
	}
	if (connection.family == AF_INET) {
		memset(&connection.peer[1], 0, sizeof(connection.peer) - sizeof(__be32));
		memset(&connection.local[1], 0, sizeof(connection.local) - sizeof(__be32));
	}
	return connection;
}

static int add_socket(const struct nlmsghdr *message, void *opaque)
{
	const struct inet_diag_msg *socket = NLMSG_DATA(message);
	struct sockets *sockets = opaque;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*socket)))
		return 0;
	if (socket->idiag_state == TCP_LISTEN) {
		sockets->is_listened_on[ntohs(socket->id.idiag_sport)] = true;
		return 0;
	}
	if (sockets->count == sockets->capacity) {
		size_t capacity = sockets->capacity ? 2 * sockets->capacity : 64;
		struct connection *grown =
			reallocarray(sockets->connections, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		sockets->connections = grown;
		sockets->capacity = capacity;
	}
	sockets->connections[sockets->count++] = connection_of(socket);
	return 0;
}

static int list_sockets(__u8 family, struct sockets *sockets)
{
	struct inet_diag_req_v2 query = {
		.sdiag_family = family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = 1u << TCP_ESTABLISHED | 1u << TCP_LISTEN,
	};
	struct netlink_request request;

	netlink__start(&request, SOCK_DIAG_BY_FAMILY, &query, sizeof(query));
	request.header.nlmsg_flags |= NLM_F_DUMP;
	return netlink__ask(NETLINK_SOCK_DIAG, &request, add_socket, sockets);
}

int connections__inbound(struct connection **ret, size_t *ret_count)
{
	struct sockets *sockets = calloc(1, sizeof(*sockets));
	size_t kept = 0;
	int err;

	if (!sockets)
		return -ENOMEM;
	err = list_sockets(AF_INET, sockets);
	if (!err)
		err = list_sockets(AF_INET6, sockets);
	for (size_t i = 0; !err && i < sockets->count; i++)
		if (sockets->is_listened_on[sockets->connections[i].port])
			sockets->connections[kept++] = sockets->connections[i];
	if (err) {
		free(sockets->connections);
	} else {
		*ret = sockets->connections;
		*ret_count = kept;
	}
	free(sockets);
	return err;
}
