// SPDX-License-Identifier: GPL-2.0-only
// connections: the TCP connections that this host has accepted.
#include "common/netdev/connections.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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

/* As the kernel prints an address: each word as a number, which has the byte order of the host. */
static bool parse_address(const char *text, size_t digits, __be32 ret[4])
{
	memset(ret, 0, 4 * sizeof(*ret));
	for (size_t i = 0; i < digits / 8; i++)
		if (sscanf(text + 8 * i, "%8x", &ret[i]) != 1)
			return false;
	return true;
}

/* A line is "N: ADDRESS:PORT PEER:PORT STATE ...", all but N in hexadecimal. */
static bool parse_socket(const char *line, __u16 family, struct connection *ret,
			 unsigned int *state)
{
	size_t digits = family == AF_INET ? 8 : 32;
	char local[33], peer[33];
	unsigned int port;

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%*x %x", local, &port, peer, state) !=
		    4 ||
	    strlen(local) != digits || strlen(peer) != digits ||
	    !parse_address(local, digits, ret->local) || !parse_address(peer, digits, ret->peer))
		return false;
	ret->family = family;
	ret->port = port;
	if (family == AF_INET6 && is_mapped(ret->peer)) {
		ret->family = AF_INET;
		parse_address(peer + 24, 8, ret->peer);
		parse_address(local + 24, 8, ret->local);
	}
	return true;
}

static int add_connection(struct sockets *sockets, const struct connection *connection)
{
	if (sockets->count == sockets->capacity) {
		size_t capacity = sockets->capacity ? 2 * sockets->capacity : 64;
		struct connection *grown =
			reallocarray(sockets->connections, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		sockets->connections = grown;
		sockets->capacity = capacity;
	}
	sockets->connections[sockets->count++] = *connection;
	return 0;
}

static int add_socket(struct sockets *sockets, const char *line, __u16 family)
{
	struct connection connection;
	unsigned int state;

	if (!parse_socket(line, family, &connection, &state))
		return -EPROTO;
	if (state == TCP_LISTEN)
		sockets->is_listened_on[connection.port] = true;
	return state == TCP_ESTABLISHED ? add_connection(sockets, &connection) : 0;
}

/* Not by sock_diag, which is a module that may be absent. */
static int list_sockets(const char *path, __u16 family, struct sockets *sockets)
{
	FILE *file = fopen(path, "re");
	char line[512];
	int err = 0;

	if (!file)
		return -errno;
	if (fgets(line, sizeof(line), file)) /* names of columns */
		while (!err && fgets(line, sizeof(line), file))
			err = add_socket(sockets, line, family);
	if (!err && ferror(file))
		err = -EIO;
	fclose(file);
	return err;
}

static int list_all_sockets(struct sockets *sockets)
{
	int err = list_sockets("/proc/thread-self/net/tcp", AF_INET, sockets);

	if (err)
		return err;
	err = list_sockets("/proc/thread-self/net/tcp6", AF_INET6, sockets);
	return err == -ENOENT ? 0 : err; /* IPv6 may be absent */
}

int connections__inbound(struct connection **ret, size_t *ret_count)
{
	struct sockets *sockets = calloc(1, sizeof(*sockets));
	size_t kept = 0;
	int err;

	if (!sockets)
		return -ENOMEM;
	err = list_all_sockets(sockets);
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
