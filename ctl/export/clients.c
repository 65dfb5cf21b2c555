// SPDX-License-Identifier: GPL-2.0-only
// clients: the connections of the exporter, bounded in number, per address, and in time.
#include "ctl/export/clients.h"

#include <stddef.h>
#include <string.h>

#include "common/base/clock.h"

#define MAX_PER_ADDRESS 8
#define REQUEST_NS (3 * NS_PER_S) /* until its header section is complete */
#define CLIENT_NS (15 * NS_PER_S) /* in all: a slow reader is never idle */

/* IPv4 as in ::ffff:192.0.2.1, which is what sockets for both families show. */
static struct in6_addr to_ipv6(const struct sockaddr *address)
{
	struct in6_addr mapped = {.s6_addr = {[10] = 0xff, 0xff}};

	if (address->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)address)->sin6_addr;
	memcpy(&mapped.s6_addr[12], &((const struct sockaddr_in *)address)->sin_addr, 4);
	return mapped;
}

static bool is_loopback(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LOOPBACK(address) ||
	       (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

/* A host has at least a /64 of IPv6 addresses to choose from. */
static void keep_network(struct in6_addr *address)
{
	if (!IN6_IS_ADDR_V4MAPPED(address))
		memset(&address->s6_addr[8], 0, 8);
}

static struct client client_from(int fd, const struct sockaddr *address)
{
	struct client client = {
		.used = true,
		.is_local = true,
		.is_unix = address->sa_family == AF_UNIX,
		.fd = fd,
		.since_ns = clock__now_ns(),
	};

	if (client.is_unix)
		return client;
	client.network = to_ipv6(address);
	client.is_local = is_loopback(&client.network);
	keep_network(&client.network);
	return client;
}

static bool has_too_many(const struct clients *clients, const struct client *added)
{
	int count = 0;

	for (int i = 0; i < MAX_CLIENTS; i++) {
		const struct client *client = &clients->list[i];

		count += client->used && !client->is_local &&
			 IN6_ARE_ADDR_EQUAL(&client->network, &added->network);
	}
	return !added->is_local && count >= MAX_PER_ADDRESS;
}

struct client *clients__add(struct clients *clients, int fd, const struct sockaddr *address)
{
	struct client added = client_from(fd, address);

	if (has_too_many(clients, &added))
		return NULL;
	for (int i = 0; i < MAX_CLIENTS; i++) {
		if (clients->list[i].used)
			continue;
		clients->list[i] = added;
		return &clients->list[i];
	}
	return NULL;
}

void clients__remove(struct client *client)
{
	client->used = false;
}

void clients__make_room(const struct clients *clients)
{
	const struct client *victim = NULL;

	for (int i = 0; i < MAX_CLIENTS; i++) {
		const struct client *client = &clients->list[i];

		if (!client->used)
			return;
		if (!victim || client->has_request < victim->has_request ||
		    (client->has_request == victim->has_request &&
		     client->since_ns < victim->since_ns))
			victim = client;
	}
	shutdown(victim->fd, SHUT_RDWR);
}

void clients__expire(const struct clients *clients)
{
	__u64 now_ns = clock__now_ns();

	for (int i = 0; i < MAX_CLIENTS; i++) {
		const struct client *client = &clients->list[i];

		if (client->used &&
		    now_ns - client->since_ns > (client->has_request ? CLIENT_NS : REQUEST_NS))
			shutdown(client->fd, SHUT_RDWR);
	}
}
