// SPDX-License-Identifier: GPL-2.0-only
// client: TCP connections of this host's kernel, each from another source, and how long they took.
#include "pktgen/connect/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/address_port.h"
#include "common/base/clock.h"
#include "common/base/stop_signal.h"

#define MAX_EVENTS 64
#define NS_PER_MS 1000000ull

struct client_connection {
	int fd; /* -1: it has ended */
	__u64 begun_ns;
};

struct client {
	const struct client_order *order;
	struct client_result result;
	struct client_connection *connections;
	__u32 oldest; /* all before it have ended */
	__u32 open;
	int epoll_fd;
	__u64 started_ns;
};

static int parse_host(const char *what, const char *host, union client_address *ret,
		      struct errmsg *why)
{
	*ret = (union client_address){};
	if (inet_pton(AF_INET, host, &ret->ipv4.sin_addr) == 1)
		ret->any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &ret->ipv6.sin6_addr) == 1)
		ret->any.sa_family = AF_INET6;
	else
		return errmsg__usage(why, "%s: '%s' is not an IPv4 or IPv6 address", what, host);
	return 0;
}

int client__parse(const char *what, const char *text, bool with_port, union client_address *ret,
		  struct errmsg *why)
{
	struct address_port parts;
	int err;

	if (!with_port)
		return parse_host(what, text, ret, why);
	err = address_port__parse(what, text, &parts, why);
	if (!err)
		err = parse_host(what, parts.address, ret, why);
	if (!err)
		ret->ipv4.sin_port = htons(parts.port); /* where sin6_port is, too */
	return err;
}

static socklen_t address_bytes(const union client_address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->ipv4) : sizeof(address->ipv6);
}

/* The @number-th address from @first on. */
static union client_address source_at(const union client_address *first, __u32 number)
{
	union client_address source = *first;
	__be32 *last = source.any.sa_family == AF_INET ? &source.ipv4.sin_addr.s_addr
						       : &source.ipv6.sin6_addr.s6_addr32[3];

	*last = htonl(ntohl(*last) + number);
	return source;
}

static int bind_source(int fd, const union client_address *source, struct errmsg *why)
{
	int on = 1;

	/* The port is chosen when the target is known, so that ports do not run out. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (!bind(fd, &source->any, address_bytes(source)))
		return 0;
	return errmsg__set(
		why, -errno,
		"binding to a source address: %s: 'ip route add local PREFIX dev lo' makes "
		"a prefix this host's",
		strerror(errno));
}

/* Return: a socket that connects, or a negative errno with @why set. */
static int open_connection(const struct client *client, __u32 number, struct errmsg *why)
{
	const struct client_order *order = client->order;
	union client_address source = source_at(&order->first_source, number);
	int fd = socket(order->target.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return errmsg__set(why, -errno, "opening a socket: %s", strerror(errno));
	if (source.any.sa_family)
		err = bind_source(fd, &source, why);
	if (!err && connect(fd, &order->target.any, address_bytes(&order->target)) &&
	    errno != EINPROGRESS)
		err = errmsg__set(why, -errno, "connecting: %s", strerror(errno));
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int begin_connection(struct client *client, struct errmsg *why)
{
	__u32 number = client->result.begun;
	struct client_connection *connection = &client->connections[number];
	struct epoll_event event = {.events = EPOLLOUT, .data.u32 = number};

	connection->begun_ns = clock__now_ns();
	connection->fd = open_connection(client, number, why);
	if (connection->fd < 0)
		return connection->fd;
	client->result.begun++;
	client->open++;
	return epoll_ctl(client->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event)
		       ? errmsg__set(why, -errno, "epoll_ctl: %s", strerror(errno))
		       : 0;
}

static void end_connection(struct client *client, struct client_connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
	client->open--;
}

static void note_event(struct client *client, __u32 number)
{
	struct client_connection *connection = &client->connections[number];
	struct client_result *result = &client->result;
	socklen_t bytes = sizeof(int);
	int err = EIO;

	getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &err, &bytes);
	if (err)
		result->failed++;
	else
		result->times_ns[result->completed++] = clock__now_ns() - connection->begun_ns;
	end_connection(client, connection);
}

/* They time out in the order in which they were begun. */
static void end_late(struct client *client, __u64 now_ns)
{
	for (; client->oldest < client->result.begun; client->oldest++) {
		struct client_connection *connection = &client->connections[client->oldest];

		if (connection->fd < 0)
			continue;
		if (now_ns - connection->begun_ns < client->order->timeout_ns)
			return;
		client->result.timed_out++;
		end_connection(client, connection);
	}
}

static __u64 client_due_ns(const struct client *client)
{
	return client->started_ns + client->result.begun * NS_PER_S / client->order->rate_pps;
}

/* Until a connection is to be begun, or the next one times out. */
static int wait_ms(const struct client *client, bool begins_more, __u64 now_ns)
{
	__u64 until_ns = now_ns + client->order->timeout_ns;

	if (client->open)
		until_ns = client->connections[client->oldest].begun_ns + client->order->timeout_ns;
	if (begins_more && client_due_ns(client) < until_ns)
		until_ns = client_due_ns(client);
	return until_ns > now_ns ? (until_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS : 0;
}

static int client_loop(struct client *client, struct errmsg *why)
{
	struct epoll_event events[MAX_EVENTS];
	bool begins_more = true;

	while (begins_more || client->open) {
		__u64 now_ns = clock__now_ns();
		int count, err;

		begins_more =
			!stop_signal__pending() && client->result.begun < client->order->count;
		if (begins_more && now_ns >= client_due_ns(client)) {
			err = begin_connection(client, why);
			if (err)
				return err;
		}
		count = epoll_wait(client->epoll_fd, events, MAX_EVENTS,
				   wait_ms(client, begins_more, now_ns));
		for (int i = 0; i < count; i++)
			note_event(client, events[i].data.u32);
		end_late(client, clock__now_ns());
	}
	return 0;
}

static int compare_client_times(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return (x > y) - (x < y);
}

/* One descriptor for each connection that is open at a time. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int client__run(const struct client_order *order, struct client_result *ret, struct errmsg *why)
{
	struct client client = {.order = order, .epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
	int err = -ENOMEM;

	client.connections = calloc(order->count, sizeof(*client.connections));
	client.result.times_ns = calloc(order->count, sizeof(*client.result.times_ns));
	if (client.epoll_fd < 0 || !client.connections || !client.result.times_ns)
		goto out;
	raise_limit();
	client.started_ns = clock__now_ns();
	err = client_loop(&client, why);
	client.result.elapsed_ns = clock__now_ns() - client.started_ns;
	for (__u32 i = 0; i < client.result.begun; i++)
		if (client.connections[i].fd >= 0)
			close(client.connections[i].fd);
out:
	if (client.epoll_fd >= 0)
		close(client.epoll_fd);
	free(client.connections);
	if (err) {
		client_result__free(&client.result);
		return err;
	}
	qsort(client.result.times_ns, client.result.completed, sizeof(__u64), compare_client_times);
	*ret = client.result;
	return 0;
}

__u64 client_result__percentile(const struct client_result *result, int percent)
{
	__u64 rank = ((__u64)result->completed * percent + 99) / 100;

	return rank ? result->times_ns[rank - 1] : 0;
}

void client_result__free(struct client_result *result)
{
	free(result->times_ns);
	result->times_ns = NULL;
}
