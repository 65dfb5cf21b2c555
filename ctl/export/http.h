// SPDX-License-Identifier: GPL-2.0-only
// http: a read-only web server in one thread, for few and perhaps hostile clients.
#ifndef CTL_EXPORT_HTTP_H
#define CTL_EXPORT_HTTP_H

#include <stdio.h>

#include "common/base/errmsg.h"

/* What there is to get; a table of these ends with a row without a path. */
struct http_route {
	const char *path;
	const char *type;
	/*
	 * Prints the document. Return: 0, or a negative errno with @why set, which is sent as 503.
	 */
	int (*print)(FILE *out, void *context, struct errmsg *why);
};

struct http;

/**
 * http__open() - listen
 * @what: the option that the address was given for, for messages
 * @address: as in 127.0.0.1:9477 or [::1]:9477; port 0: any that is free
 * @context: handed to the routes
 *
 * Clients are limited in number, size of request, and time for all of it; each gets one answer. A
 * document is printed anew at most every half second, however many ask for it.
 *
 * Return: 0 with *@ret to be closed by http__close(), or a negative errno with @why set.
 */
int http__open(const char *what, const char *address, const struct http_route *routes,
	       void *context, struct http **ret, struct errmsg *why);

/** http__address() - where it listens, as in http://127.0.0.1:9477/. */
const char *http__address(const struct http *http);

/** http__fd() - can be read when http__serve() has work. */
int http__fd(const struct http *http);

/** http__serve() - do what can be done without waiting; also to be called once a second. */
void http__serve(struct http *http);

/** http__close() - NULL is fine. */
void http__close(struct http *http);

#endif
