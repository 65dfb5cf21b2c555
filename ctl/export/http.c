// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only HTTP server in one thread, for a few, possibly hostile, clients.
#include "ctl/export/http.h"

#include <linux/types.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "ctl/export/clients.h"
#include "ctl/export/hosts.h"
#include "ctl/export/request.h"
#include "ctl/export/web.h"

#define CLIENT_BYTES (32 * 1024) /* memory of a connection: request and headers */
#define IDLE_S 5
#define FIELD_BYTES 1024 /* of a list in a header field; what exceeds it is ignored */

struct http {
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct documents *documents;
	struct clients clients;
	struct client *admitted; /* while libmicrohttpd takes it over */
	int epoll_fd;
	struct web web;
	struct web refused; /* a newer version that has an error */
	bool is_paused;     /* without descriptors for new clients */
	__u64 paused_until_ns;
};

/* What is known of a request while its content is read. */
struct pending {
	struct request request;
	size_t content_bytes;
};

static enum MHD_Result http_send_text(struct MHD_Connection *connection, unsigned int status,
				      const char *text)
{
	static const struct {
		unsigned int status;
		const char *name, *value;
	} fields[] = {
		{MHD_HTTP_UNAUTHORIZED, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
		 "Basic realm=\"xdpctl\", charset=\"UTF-8\""},
		{MHD_HTTP_METHOD_NOT_ALLOWED, MHD_HTTP_HEADER_ALLOW, "GET, HEAD"},
		{MHD_HTTP_TOO_MANY_REQUESTS, MHD_HTTP_HEADER_RETRY_AFTER, "1"},
	};
	struct MHD_Response *response = documents__text(text);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].status == status)
			MHD_add_response_header(response, fields[i].name, fields[i].value);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result head_add_field(void *context, enum MHD_ValueKind kind, const char *name,
				      size_t name_bytes, const char *value, size_t value_bytes)
{
	(void)kind;
	request__add_field(context, name, name_bytes, value ?: "", value_bytes);
	return MHD_YES;
}

/* The values of a field that is a list, which may be spread over several fields of its name. */
struct list_walk {
	const char *name;
	bool found;
	char list[FIELD_BYTES];
};

static enum MHD_Result list_add_field(void *context, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	struct list_walk *walk = context;
	size_t used = strlen(walk->list);

	(void)kind;
	if (strcasecmp(name, walk->name))
		return MHD_YES;
	walk->found = true;
	snprintf(walk->list + used, FIELD_BYTES - used, "%s%s", used ? ", " : "", value ?: "");
	return MHD_YES;
}

/* Return: NULL: there is no such field. */
static const char *list_of(struct MHD_Connection *connection, struct list_walk *walk)
{
	MHD_get_connection_values(connection, MHD_HEADER_KIND, list_add_field, walk);
	return walk->found ? walk->list : NULL;
}

static enum MHD_Result http_send_document(const struct http *http,
					  struct MHD_Connection *connection, const char *path)
{
	struct list_walk accept = {.name = MHD_HTTP_HEADER_ACCEPT};
	struct list_walk accept_encoding = {.name = MHD_HTTP_HEADER_ACCEPT_ENCODING};
	const struct http_route *route;
	struct MHD_Response *response;
	enum accept_coding coding;
	unsigned int status;

	route = documents__find(http->documents, path, list_of(connection, &accept));
	if (!route)
		return http_send_text(connection, MHD_HTTP_NOT_FOUND, "not found\n");
	coding = accept__coding(list_of(connection, &accept_encoding));
	if (coding == CODING_NONE)
		return http_send_text(connection, MHD_HTTP_NOT_ACCEPTABLE,
				      "accept gzip, or no encoding\n");
	response = documents__get(http->documents, route, coding, &status);
	return response ? MHD_queue_response(connection, status, response) : MHD_NO;
}

static struct client *client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

static enum MHD_Result http_refuse_host(struct MHD_Connection *connection, const char *host)
{
	char text[2 * sizeof(((struct request *)NULL)->host) + 128];

	snprintf(text, sizeof(text),
		 "'%s' is no name of this exporter: use its address, or start it with "
		 "--allow-host %s\n",
		 host, host[0] ? host : "NAME");
	return http_send_text(connection, MHD_HTTP_MISDIRECTED_REQUEST, text);
}

static enum passwords_verdict http_authenticate(const struct http *http,
						struct MHD_Connection *connection)
{
	if (!http->web.passwords)
		return PASSWORD_RIGHT;
	return passwords__check(http->web.passwords,
				MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							    MHD_HTTP_HEADER_AUTHORIZATION));
}

/* The header section is complete: refuse the request, or read its content. */
static enum MHD_Result http_begin(const struct http *http, struct MHD_Connection *connection,
				  const struct request_head *head, void **state)
{
	struct client *client = client_of(connection);
	const struct refusal *refusal;
	struct pending *pending;
	struct request request;

	client->has_request = true;
	refusal = request__parse(head, &request);
	if (refusal)
		return http_send_text(connection, refusal->status, refusal->text);
	if (head->host.count && !client->is_unix &&
	    !hosts__allows(request.host, http->config.allowed_hosts,
			   http->config.allowed_hosts_count))
		return http_refuse_host(connection, request.host);
	switch (http_authenticate(http, connection)) {
	case PASSWORD_RIGHT:
		break;
	case PASSWORD_WRONG:
		return http_send_text(connection, MHD_HTTP_UNAUTHORIZED,
				      "this exporter needs a user and a password\n");
	case PASSWORD_LATER:
		return http_send_text(connection, MHD_HTTP_TOO_MANY_REQUESTS,
				      "too many wrong passwords: try again later\n");
	}
	pending = calloc(1, sizeof(*pending));
	if (!pending)
		return MHD_NO;
	pending->request = request;
	*state = pending;
	return MHD_YES;
}

static enum MHD_Result http_handle(void *context, struct MHD_Connection *connection,
				   const char *target, const char *method, const char *version,
				   const char *content, size_t *content_bytes, void **state)
{
	struct request_head head = {.method = method, .target = target, .version = version};
	struct pending *pending = *state;

	(void)content;
	if (!pending) {
		MHD_get_connection_values_n(connection, MHD_HEADER_KIND, head_add_field, &head);
		return http_begin(context, connection, &head, state);
	}
	if (!*content_bytes)
		return http_send_document(context, connection, pending->request.path);
	/* It has no meaning, but a response before its end could get lost. */
	pending->content_bytes += *content_bytes;
	*content_bytes = 0;
	return pending->content_bytes > REQUEST_MAX_CONTENT_BYTES ? MHD_NO : MHD_YES;
}

static void http_completed(void *context, struct MHD_Connection *connection, void **state,
			   enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	free(*state);
	*state = NULL;
}

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

/* Targets are decoded by request__parse(), which knows of NUL bytes. */
static size_t http_keep_encoded(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
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
	const struct MHD_OptionItem secure[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)tls->priorities},
		{tls->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, tls->client_ca},
		{MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned int flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET;

	return MHD_start_daemon(tls->cert ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, http_handle,
				http, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)MAX_CLIENTS,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_BYTES,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_S,
				MHD_OPTION_NOTIFY_CONNECTION, http_notify, http,
				MHD_OPTION_NOTIFY_COMPLETED, http_completed, http,
				MHD_OPTION_UNESCAPE_CALLBACK, http_keep_encoded, http,
				MHD_OPTION_ARRAY, tls->cert ? secure : plain, MHD_OPTION_END);
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
	http->documents = documents__new(config->routes, config->context);
	err = http->documents && http->epoll_fd >= 0 ? http_load(http, why) : -ENOMEM;
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
	documents__free(http->documents);
	if (http->epoll_fd >= 0)
		close(http->epoll_fd);
	free(http);
}
