// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only HTTP server in one thread, for a few, possibly hostile, clients.
#include "ctl/export/http.h"

#include <linux/types.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "ctl/export/clients.h"
#include "ctl/export/handler.h"
#include "ctl/export/web.h"

#define CLIENT_BYTES (32 * 1024) /* memory of a connection: request and headers */
#define IDLE_S 5

struct http {
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct handler handler;
	struct clients clients;
	struct client *admitted; /* while libmicrohttpd takes it over */
	int epoll_fd;
	struct web web;
	struct web refused; /* a newer version that has an error */
	bool is_paused;     /* without descriptors for new clients */
	__u64 paused_until_ns;
};

static void http_notify(void *context, struct MHD_Connection *connection, void **socket_context,
			enum MHD_ConnectionNotificationCode code)
{
	const struct http *http = context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		clients__remove(*socket_context);
		return;
	}
	*socket_context = http->admitted;
	if (http->web.tls.client_ca)
		tls__require_certificate(connection);
}

static void http_run(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	/* Data that is already buffered makes no descriptor readable. */
	do
		MHD_run(http->daemon);
	while (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES && !wait_ms);
}

static void http_watch_listeners(struct http *http, bool watched)
{
	struct epoll_event event = {.events = EPOLLIN};

	for (size_t i = 0; i < http->config.listeners->count; i++)
		epoll_ctl(http->epoll_fd, watched ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			  http->config.listeners->list[i].fd, &event);
}

/* Clients that cannot be accepted would keep the listeners readable. */
static void http_pause(struct http *http)
{
	if (!http->is_paused)
		http_watch_listeners(http, false);
	http->is_paused = true;
	http->paused_until_ns = clock__now_ns() + NS_PER_S;
}

static void http_admit(struct http *http, int fd, const struct sockaddr *address, socklen_t bytes)
{
	clients__make_room(&http->clients);
	http_run(http);
	http->admitted = clients__add(&http->clients, fd, address);
	if (!http->admitted) {
		close(fd);
		return;
	}
	/* On failure it has closed the descriptor, but http_notify() may not have been called. */
	if (MHD_add_connection(http->daemon, fd, address, bytes) != MHD_YES)
		clients__remove(http->admitted);
}

static void http_accept(struct http *http, int listener_fd)
{
	/* No more at once than there can be clients: others have to be served as well. */
	for (int i = 0; i < MAX_CLIENTS; i++) {
		struct sockaddr_storage address = {};
		socklen_t bytes = sizeof(address);
		int fd = accept4(listener_fd, (struct sockaddr *)&address, &bytes,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			http_admit(http, fd, (struct sockaddr *)&address, bytes);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			http_pause(http);
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

void http__serve(struct http *http)
{
	clients__expire(&http->clients);
	http_run(http);
	if (http->is_paused && clock__now_ns() >= http->paused_until_ns) {
		http->is_paused = false;
		http_watch_listeners(http, true);
	}
	for (size_t i = 0; !http->is_paused && i < http->config.listeners->count; i++)
		http_accept(http, http->config.listeners->list[i].fd);
	http_run(http);
}

static struct MHD_Daemon *daemon_start(struct http *http, const struct tls *tls)
{
	const struct MHD_OptionItem options[] = {
		{MHD_OPTION_CONNECTION_LIMIT, MAX_CLIENTS, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CLIENT_BYTES, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, NULL},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)http_notify, http},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)handler__completed, NULL},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)handler__keep_encoded, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem secure[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)tls->priorities},
		{tls->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, tls->client_ca},
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned int flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET;

	if (!tls->cert)
		return MHD_start_daemon(flags, 0, NULL, NULL, handler__handle, &http->handler,
					MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	return MHD_start_daemon(flags | MHD_USE_TLS, 0, NULL, NULL, handler__handle, &http->handler,
				MHD_OPTION_ARRAY, options, MHD_OPTION_ARRAY, secure,
				MHD_OPTION_END);
}

/* In place of the current daemon and configuration, if there are any. */
static int http_start(struct http *http, struct web *web, struct errmsg *why)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct MHD_Daemon *daemon = daemon_start(http, &web->tls);

	if (!daemon)
		return errmsg__set(why, -EIO, "cannot start the HTTP server");
	if (epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD,
		      MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, &event)) {
		MHD_stop_daemon(daemon);
		return errmsg__set(why, -errno, "cannot wait for clients: %s", strerror(errno));
	}
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	web__free(&http->web);
	http->daemon = daemon;
	http->web = *web;
	http->handler.passwords = web->passwords;
	*web = (struct web){};
	return 0;
}

/* Load the configuration, and start. What was refused is kept, so that a change is seen. */
static int http_load(struct http *http, struct errmsg *why)
{
	int err;

	web__free(&http->refused);
	err = web__load(http->config.web_config, &http->refused, why);
	return err ?: http_start(http, &http->refused, why);
}

int http__reload(struct http *http, struct errmsg *why)
{
	const struct web *newest = http->refused.path ? &http->refused : &http->web;

	return web__has_changed(newest) ? http_load(http, why) : 0;
}

int http__open(const struct http_config *config, struct http **ret, struct errmsg *why)
{
	struct http *http = calloc(1, sizeof(*http));
	int err;

	if (!http)
		return -ENOMEM;
	http->config = *config;
	http->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	http->handler = (struct handler){
		.documents = documents__new(config->routes, config->context),
		.allowed_hosts = config->allowed_hosts,
		.allowed_hosts_count = config->allowed_hosts_count,
	};
	err = http->handler.documents && http->epoll_fd >= 0 ? http_load(http, why) : -ENOMEM;
	if (err) {
		http__close(http);
		return err;
	}
	http_watch_listeners(http, true);
	*ret = http;
	return 0;
}

const char *http__scheme(const struct http *http)
{
	return http->web.tls.cert ? "https" : "http";
}

int http__fd(const struct http *http)
{
	return http->epoll_fd;
}

void http__close(struct http *http)
{
	if (!http)
		return;
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	web__free(&http->web);
	web__free(&http->refused);
	documents__free(http->handler.documents);
	if (http->epoll_fd >= 0)
		close(http->epoll_fd);
	free(http);
}
