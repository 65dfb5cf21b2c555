// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only HTTP server in one thread, for a few, possibly hostile, clients.
#ifndef CTL_EXPORT_HTTP_H
#define CTL_EXPORT_HTTP_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/errmsg.h"

/* A document to serve; a table of routes ends with a row without a path. */
struct http_route {
	const char *path;
	const char *type;
	/* Print the document. Return: 0, or a negative errno with @why set, which is sent as 503.
	 */
	int (*print)(FILE *out, void *context, struct errmsg *why);
	/*
	 * Whether it is for a request with this Accept header (NULL: none); NULL: for every one.
	 * The first route with the path that is, is served.
	 */
	bool (*is_accepted)(const char *accept);
	bool varies; /* with the Accept header */
};

struct http;

/**
 * http__open() - start listening
 * @what: the option that gave the address, for messages
 * @address: as in 127.0.0.1:9477 or [::1]:9477; port 0: any free port
 * @context: passed to the routes
 *
 * Limits apply to the number of clients, the size of a request and its total time; a connection
 * serves one request. A document is rendered at most every half second and shared by all clients.
 *
 * Return: 0 with *@ret to be closed by http__close(), or a negative errno with @why set.
 */
int http__open(const char *what, const char *address, const struct http_route *routes,
	       void *context, struct http **ret, struct errmsg *why);

/** http__address() - its URL, such as http://127.0.0.1:9477/. */
const char *http__address(const struct http *http);

/**
 * http__fd() - a descriptor that is readable when http__serve() has work
 *
 * Return: -1 for a second after the process has run out of descriptors: clients that cannot be
 * accepted would keep it readable.
 */
int http__fd(const struct http *http);

/** http__serve() - do all work that needs no waiting; call it at least once a second, too. */
void http__serve(struct http *http);

/** http__close() - stop and free; NULL is fine. */
void http__close(struct http *http);

#endif
