// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only HTTP server in one thread, for a few, possibly hostile, clients.
#ifndef CTL_EXPORT_HTTP_H
#define CTL_EXPORT_HTTP_H

#include <stddef.h>

#include "common/base/errmsg.h"
#include "ctl/export/documents.h"
#include "ctl/export/listen.h"

struct http_config {
	const struct http_route *routes;
	void *context;                     /* passed to the routes */
	const struct listeners *listeners; /* must outlive the server */
	const char *const *allowed_hosts;  /* see hosts__allows() */
	size_t allowed_hosts_count;
	const char *web_config; /* the file that sets TLS and users, or NULL */
};

struct http;

/**
 * http__open() - start serving
 * @config: copied
 *
 * Limits apply to the number of clients, the size of a request and its total time; a connection
 * serves one request. A document is rendered at most every half second and shared by all clients.
 *
 * Return: 0 with *@ret to be closed by http__close(), or a negative errno with @why set.
 */
int http__open(const struct http_config *config, struct http **ret, struct errmsg *why);

/** http__scheme() - "http", or "https" with TLS. */
const char *http__scheme(const struct http *http);

/**
 * http__reload() - if the web configuration file or one that it names has changed, read them again
 *
 * Connections at that time are closed.
 *
 * Return: 0, or a negative errno with @why set: the previous configuration stays, and the same
 * failure is not returned again.
 */
int http__reload(struct http *http, struct errmsg *why);

/** http__fd() - a descriptor that is readable when http__serve() has work. */
int http__fd(const struct http *http);

/** http__serve() - do all work that needs no waiting; call it at least once a second, too. */
void http__serve(struct http *http);

/** http__close() - stop and free; NULL is fine. */
void http__close(struct http *http);

#endif
