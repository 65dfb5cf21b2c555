// SPDX-License-Identifier: GPL-2.0-only
// listen: the sockets that the exporter accepts connections on.
#include "ctl/export/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/number.h"
#include "ctl/export/listen_unix.h"

#define UNIX_PREFIX "unix:"
#define FIRST_INHERITED 3 /* as sd_listen_fds(3) has it */
#define MAX_PORT 65535

/* "127.0.0.1:9477" or "[::1]:9477": numeric address and port. */
static int address_parse(const char *what, const char *address, struct addrinfo **ret,
			 struct errmsg *why)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(address, ':');
	char host[64];
	size_t length = colon ? (size_t)(colon - address) : 0;
	bool bracketed = length > 2 && address[0] == '[' && address[length - 1] == ']';
	__u64 port;

	if (length && length < sizeof(host)) {
		snprintf(host, sizeof(host), "%.*s", (int)(length - 2 * bracketed),
			 address + bracketed);
		/* getaddrinfo() reads 65616 as port 80. */
		if ((bracketed || !strchr(host, ':')) &&
		    !number__u64(what, colon + 1, 0, MAX_PORT, &port, NULL) &&
		    !getaddrinfo(host, colon + 1, &hints, ret))
			return 0;
	}
	return errmsg__usage(why,
			     "%s: '%s' is not of the form 127.0.0.1:9477, [::1]:9477 or unix:PATH",
			     what, address);
}

/* Return: 0 or a negative errno. */
static int listener_describe(struct listener *listener)
{
	struct sockaddr_storage bound = {};
	struct sockaddr_un *local = (struct sockaddr_un *)&bound;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	socklen_t bytes = sizeof(bound);

	if (getsockname(listener->fd, (struct sockaddr *)&bound, &bytes))
		return -errno;
	listener->is_unix = bound.ss_family == AF_UNIX;
	if (listener->is_unix) {
		snprintf(listener->address, sizeof(listener->address), UNIX_PREFIX "%.*s",
			 (int)sizeof(local->sun_path), local->sun_path);
		return 0;
	}
	if (getnameinfo((struct sockaddr *)&bound, bytes, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return -EAFNOSUPPORT;
	snprintf(listener->address, sizeof(listener->address),
		 bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

static int listener_open_tcp(struct listener *listener, const struct addrinfo *address)
{
	int one = 1, fd, err;

	fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	listener->fd = fd;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, address->ai_addr, address->ai_addrlen) || listen(fd, SOMAXCONN))
		err = -errno;
	else
		err = listener_describe(listener);
	if (err)
		close(fd);
	return err;
}

static int listener_open(struct listener *listener, const char *what, const char *address,
			 struct errmsg *why)
{
	struct addrinfo *parsed;
	int err;

	if (!strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)))
		return listen_unix__open(what, address + strlen(UNIX_PREFIX), listener, why);
	err = address_parse(what, address, &parsed, why);
	if (err)
		return err;
	err = listener_open_tcp(listener, parsed);
	freeaddrinfo(parsed);
	return err ? errmsg__set(why, err, "%s %s: cannot listen: %s", what, address,
				 strerror(-err))
		   : 0;
}

int listeners__open(struct listeners *listeners, const char *what, const char *address,
		    struct errmsg *why)
{
	int err;

	if (listeners->count == MAX_LISTENERS)
		return errmsg__usage(why, "%s: more than %d addresses", what, MAX_LISTENERS);
	err = listener_open(&listeners->list[listeners->count], what, address, why);
	if (!err)
		listeners->count++;
	return err;
}

/* Return: 0 if the descriptor is a stream socket that listens. */
static int listener_inherit(struct listener *listener, int fd, struct errmsg *why)
{
	int type = 0, listens = 0, err;
	socklen_t bytes = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes) || type != SOCK_STREAM ||
	    !listens)
		return errmsg__set(why, -ENOTSOCK,
				   "descriptor %d from systemd is no listening stream socket: "
				   "use ListenStream= and Accept=no",
				   fd);
	*listener = (struct listener){.fd = fd};
	err = listener_describe(listener);
	if (err || fcntl(fd, F_SETFL, O_NONBLOCK) || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return errmsg__set(why, err ?: -errno, "descriptor %d from systemd: %s", fd,
				   strerror(err ? -err : errno));
	return 0;
}

int listeners__inherit(struct listeners *listeners, struct errmsg *why)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	__u64 number, count;
	int err;

	/* The variables may be meant for a parent of this process. */
	if (!pid || !fds || number__u64("LISTEN_PID", pid, 1, ~0u, &number, NULL) ||
	    number != (__u64)getpid())
		return 0;
	err = number__u64("LISTEN_FDS", fds, 0, MAX_LISTENERS, &count, why);
	for (__u64 i = 0; !err && i < count; i++) {
		err = listener_inherit(&listeners->list[i], FIRST_INHERITED + i, why);
		if (!err)
			listeners->count++;
	}
	return err ?: (int)count;
}

void listeners__close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		listen_unix__remove(&listeners->list[i]);
		close(listeners->list[i].fd);
	}
	listeners->count = 0;
}
