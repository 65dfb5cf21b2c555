// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only HTTP server in one thread, for a few, possibly hostile, clients.
#include "ctl/export/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/number.h"

#define MAX_CLIENTS 64
#define CLIENT_BYTES (32 * 1024) /* memory of a connection: request and headers */
#define IDLE_S 5
#define CLIENT_NS (15 * NS_PER_S) /* of a connection in all: a slow reader is never idle */
#define FRESH_NS (NS_PER_S / 2)   /* younger documents are sent again */
#define MAX_ROUTES 8

struct client {
	bool used;
	int fd;
	__u64 since_ns;
};

/* The latest response of a route. */
struct answer {
	struct MHD_Response *response; /* NULL: none yet */
	unsigned int status;
	__u64 printed_ns;
};

struct http {
	struct MHD_Daemon *daemon;
	const struct http_route *routes;
	void *context;
	struct answer answers[MAX_ROUTES];
	struct client clients[MAX_CLIENTS];
	__u64 paused_until_ns; /* without descriptors for new clients */
	char address[NI_MAXHOST + NI_MAXSERV + 16];
};

static const struct {
	const char *name;
	const char *value;
} headers[] = {
	{MHD_HTTP_HEADER_CONNECTION, "close"},
	{MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; "
				    "style-src 'unsafe-inline'; connect-src 'self'; "
				    "img-src data:; frame-ancestors 'none'"},
};

/* Takes ownership of @body. */
static struct MHD_Response *new_response(char *body, size_t bytes, const char *type)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_MUST_FREE);

	if (!response) {
		free(body);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(response, headers[i].name, headers[i].value);
	return response;
}

static enum MHD_Result http_send_text(struct MHD_Connection *connection, unsigned int status,
				      const char *text)
{
	enum MHD_Result result = MHD_NO;
	struct MHD_Response *response;
	char *body = strdup(text);

	if (!body)
		return MHD_NO;
	response = new_response(body, strlen(body), "text/plain; charset=utf-8");
	if (!response)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static int answer_print(const struct http *http, const struct http_route *route,
			struct answer *answer)
{
	struct errmsg why = {};
	char *body = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&body, &bytes);
	int err;

	if (!out)
		return -ENOMEM;
	err = route->print(out, http->context, &why);
	if (err) {
		rewind(out);
		fprintf(out, "%s\n", why.text[0] ? why.text : strerror(-err));
	}
	if (fclose(out)) {
		free(body);
		return -ENOMEM;
	}
	answer->status = err ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
	answer->response =
		new_response(body, bytes, err ? "text/plain; charset=utf-8" : route->type);
	if (answer->response && route->varies)
		MHD_add_response_header(answer->response, MHD_HTTP_HEADER_VARY,
					MHD_HTTP_HEADER_ACCEPT);
	answer->printed_ns = clock__now_ns();
	return answer->response ? 0 : -ENOMEM;
}

static enum MHD_Result http_send_route(struct http *http, const struct http_route *route,
				       struct MHD_Connection *connection)
{
	struct answer *answer = &http->answers[route - http->routes];

	if (!answer->response || clock__now_ns() - answer->printed_ns > FRESH_NS) {
		/* Connections that still send it hold references. */
		if (answer->response)
			MHD_destroy_response(answer->response);
		*answer = (struct answer){};
		if (answer_print(http, route, answer))
			return MHD_NO;
	}
	return MHD_queue_response(connection, answer->status, answer->response);
}

static enum MHD_Result http_handle(void *context, struct MHD_Connection *connection,
				   const char *url, const char *method, const char *version,
				   const char *upload_data, size_t *upload_bytes, void **request)
{
	static const char seen;
	struct http *http = context;
	const char *accept;

	(void)version;
	(void)upload_data;
	(void)upload_bytes;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return http_send_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				      "only GET and HEAD\n");
	/* libmicrohttpd expects the response on the second call, after the headers. */
	if (*request != &seen) {
		*request = (void *)&seen;
		return MHD_YES;
	}
	accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	for (const struct http_route *route = http->routes; route->path; route++)
		if (!strcmp(url, route->path) &&
		    (!route->is_accepted || route->is_accepted(accept)))
			return http_send_route(http, route, connection);
	return http_send_text(connection, MHD_HTTP_NOT_FOUND, "not found\n");
}

static void client_notify(void *context, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct client *client = *socket_context;
	struct http *http = context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (client)
			client->used = false;
		return;
	}
	for (int i = 0; i < MAX_CLIENTS; i++) {
		const union MHD_ConnectionInfo *info;

		if (http->clients[i].used)
			continue;
		info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		http->clients[i] = (struct client){
			.used = info,
			.fd = info ? info->connect_fd : -1,
			.since_ns = clock__now_ns(),
		};
		*socket_context = &http->clients[i];
		return;
	}
}

static void clients_expire(const struct http *http)
{
	__u64 now_ns = clock__now_ns();

	for (int i = 0; i < MAX_CLIENTS; i++)
		if (http->clients[i].used && now_ns - http->clients[i].since_ns > CLIENT_NS)
			shutdown(http->clients[i].fd, SHUT_RDWR);
}

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
		    !number__u64(what, colon + 1, 0, 65535, &port, NULL) &&
		    !getaddrinfo(host, colon + 1, &hints, ret))
			return 0;
	}
	return errmsg__usage(why, "%s: '%s' is not of the form 127.0.0.1:9477 or [::1]:9477", what,
			     address);
}

static int http_listen(struct http *http, const char *what, const char *address, struct errmsg *why)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	struct addrinfo *wanted;
	struct sockaddr_storage bound;
	socklen_t bytes = sizeof(bound);
	int one = 1, err, fd;

	err = address_parse(what, address, &wanted, why);
	if (err)
		return err;
	fd = socket(wanted->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, wanted->ai_addr, wanted->ai_addrlen) || listen(fd, MAX_CLIENTS) ||
	    getsockname(fd, (struct sockaddr *)&bound, &bytes) ||
	    getnameinfo((struct sockaddr *)&bound, bytes, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV)) {
		err = errmsg__set(why, -errno, "%s %s: cannot listen: %s", what, address,
				  strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = err;
	} else {
		snprintf(http->address, sizeof(http->address),
			 wanted->ai_family == AF_INET6 ? "http://[%s]:%s/" : "http://%s:%s/", host,
			 port);
	}
	freeaddrinfo(wanted);
	return fd;
}

int http__open(const char *what, const char *address, const struct http_route *routes,
	       void *context, struct http **ret, struct errmsg *why)
{
	struct http *http = calloc(1, sizeof(*http));
	int fd;

	if (!http)
		return -ENOMEM;
	http->routes = routes;
	http->context = context;
	fd = http_listen(http, what, address, why);
	if (fd < 0) {
		free(http);
		return fd;
	}
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, http_handle, http, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)MAX_CLIENTS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_S, MHD_OPTION_NOTIFY_CONNECTION,
		client_notify, http, MHD_OPTION_END);
	if (!http->daemon) {
		close(fd);
		free(http);
		return errmsg__set(why, -EIO, "%s %s: cannot start the HTTP server", what, address);
	}
	*ret = http;
	return 0;
}

const char *http__address(const struct http *http)
{
	return http->address;
}

int http__fd(const struct http *http)
{
	if (clock__now_ns() < http->paused_until_ns)
		return -1;
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

/* libmicrohttpd does not tell that it could not accept a client. */
static bool descriptors_are_used_up(void)
{
	int fd = dup(STDERR_FILENO);

	if (fd >= 0)
		close(fd);
	return fd < 0 && (errno == EMFILE || errno == ENFILE);
}

void http__serve(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	clients_expire(http);
	/* Data that is already buffered makes no descriptor readable. */
	do
		MHD_run(http->daemon);
	while (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES && !wait_ms);
	if (descriptors_are_used_up())
		http->paused_until_ns = clock__now_ns() + NS_PER_S;
}

void http__close(struct http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	for (int i = 0; i < MAX_ROUTES; i++)
		if (http->answers[i].response)
			MHD_destroy_response(http->answers[i].response);
	free(http);
}
