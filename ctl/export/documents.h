// SPDX-License-Identifier: GPL-2.0-only
// documents: what the routes print, as responses that all clients share for half a second.
#ifndef CTL_EXPORT_DOCUMENTS_H
#define CTL_EXPORT_DOCUMENTS_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "ctl/export/accept.h"
#include "ctl/export/query.h"

/*
 * A document to serve; a table of routes ends with a row without a path. A path may have several
 * types: see documents__find().
 */
struct http_route {
	const char *path;
	const char *type;
	/*
	 * Print the document. Return: 0, or a negative errno with @why set, which is sent as 503;
	 * -ENODEV, for an interface that is not exported, as 404.
	 */
	int (*print)(FILE *out, void *context, const struct query *query, struct errmsg *why);
	unsigned int parameters;       /* of its query, by enum query_parameter; 0: it is ignored */
	struct media_type accepted_as; /* where the path has several types */
	bool is_constant;              /* always the same */
};

struct documents;

/**
 * documents__new() - no documents yet
 * @routes: ends with a row without a path; must outlive the documents
 * @context: passed to the routes
 *
 * Return: to be freed by documents__free(), or NULL without memory.
 */
struct documents *documents__new(const struct http_route *routes, void *context);

/** documents__free() - free; connections may still send its responses. NULL is fine. */
void documents__free(struct documents *documents);

/**
 * documents__find() - the route for a path, in the type that the client wants most
 * @accept: the value of Accept, or NULL
 *
 * A client that accepts none of the types gets the path's last one, as RFC 9110 allows.
 *
 * Return: NULL if there is no such path.
 */
const struct http_route *documents__find(const struct documents *documents, const char *path,
					 const char *accept);

/**
 * documents__get() - the document of a route, or the part of it that a query asks for
 * @ret_status: to send with it: 200, or 404 or 503 with the reason
 *
 * Return: the response, owned by @documents; NULL without memory.
 */
struct MHD_Response *documents__get(struct documents *documents, const struct http_route *route,
				    const struct query *query, enum accept_coding coding,
				    unsigned int *ret_status);

/**
 * documents__text() - a response of plain text
 *
 * Return: to be destroyed by the caller; NULL without memory.
 */
struct MHD_Response *documents__text(const char *text);

#endif
