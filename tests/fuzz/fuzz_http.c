// SPDX-License-Identifier: GPL-2.0-only
// fuzz_http: arbitrary bytes as what a client of the exporter sends.
#include <errno.h>
#include <string.h>
#include <sys/un.h>

#include "tests/fuzz/fuzz.h"

/* For what adds a connection. */
#include "ctl/export/http.c"

#define RESPONSE_BYTES 4096
/* "user:pass", with the least cost that bcrypt has. */
#define CREDENTIALS "dXNlcjpwYXNz"
#define HASH "$2b$04$FN2A05hPZI6gFTYdy7MDBOjL3W8jc4yUCfX/i8z8.a.Ubztpz5AUK"

static int print_query(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	(void)context;
	MUST(query->count <= QUERY_MAX_INTERFACES && query->top <= QUERY_MAX_TOP);
	for (size_t i = 0; i < query->count; i++) {
		MUST(query->interfaces[i][0]);
		MUST(strnlen(query->interfaces[i], QUERY_NAME_BYTES) < QUERY_NAME_BYTES);
		if (!strcmp(query->interfaces[i], "nosuch"))
			return errmsg__set(why, -ENODEV, "no such interface");
	}
	fprintf(out, "%512zu\n", query->count);
	return 0;
}

static const struct http_route routes[] = {
	{"/", "text/html", print_query, .is_constant = true},
	{"/metrics", "application/openmetrics-text", print_query,
	 .accepted_as = {"application/openmetrics-text", "1.0.0", .only_named = true}},
	{"/metrics", "text/plain", print_query, .accepted_as = {"text/plain", "0.0.4"}},
	{"/q", "application/json", print_query,
	 .parameters = QUERY_INTERFACE | QUERY_SINCE | QUERY_TOP},
	{},
};

static struct http *start(void)
{
	static const char *const names[] = {"gw.example"};
	static struct listeners listeners;
	const struct http_config config = {
		.routes = routes,
		.listeners = &listeners,
		.allowed_hosts = names,
		.allowed_hosts_count = 1,
	};
	struct http *http;

	MUST(!http__open(&config, &http, NULL));
	return http;
}

/* New ones for each input: those remember wrong passwords, and limit them. */
static struct passwords *new_passwords(void)
{
	static struct web_user user = {.name = "user", .hash = HASH};
	struct passwords *passwords = passwords__new(&user, 1);

	MUST(passwords);
	return passwords;
}

static int connect_to(struct http *http, bool is_unix)
{
	const struct sockaddr_in loopback = {.sin_family = AF_INET,
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_un unnamed = {.sun_family = AF_UNIX};
	int fds[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
	if (is_unix)
		http_admit(http, fds[1], (const struct sockaddr *)&unnamed, sizeof(unnamed));
	else
		http_admit(http, fds[1], (const struct sockaddr *)&loopback, sizeof(loopback));
	return fds[0];
}

/* Return: what it sends back, at its end. */
static size_t exchange(struct http *http, int fd, const __u8 *data, size_t size,
		       char response[RESPONSE_BYTES])
{
	size_t received = 0;
	ssize_t bytes;

	(void)!send(fd, data, size, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < 16; i++) {
		http__serve(http);
		bytes = recv(fd, response + received, RESPONSE_BYTES - 1 - received, 0);
		if (!bytes)
			break;
		received += bytes > 0 ? bytes : 0;
	}
	response[received] = '\0';
	return received;
}

static int status_of(const char *response)
{
	static const int known[] = {200, 400, 401, 404, 405, 406, 413,
				    414, 421, 429, 431, 500, 501, 505};
	int status = 0;

	MUST(sscanf(response, "HTTP/1.%*[01] %d ", &status) == 1);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == status)
			return status;
	MUST(!"a known status");
	return 0;
}

/* By its header: an error may quote any text of the request. */
static bool is_page(const char *response)
{
	const char *type = strcasestr(response, "content-type: text/html");
	const char *body = strstr(response, "\r\n\r\n");

	return type && body && type < body;
}

/* The first byte selects a Unix socket, and passwords. */
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static struct http *http;
	char response[RESPONSE_BYTES];
	struct passwords *passwords;
	int fd, status;

	if (!size)
		return 0;
	if (!http)
		http = start();
	passwords = data[0] & 2 ? new_passwords() : NULL;
	http->handler.passwords = passwords;
	fd = connect_to(http, data[0] & 1);
	if (exchange(http, fd, data + 1, size - 1, response)) {
		status = status_of(response);
		if (passwords && status == 200)
			MUST(memmem(data, size, CREDENTIALS, strlen(CREDENTIALS)));
		MUST(status == 200 || !is_page(response));
	}
	close(fd);
	http__serve(http);
	http->handler.passwords = NULL;
	passwords__free(passwords);
	return 0;
}
