// SPDX-License-Identifier: GPL-2.0-only
// documents: what the routes print, as responses that all clients share for half a second.
#include "ctl/export/documents.h"

#include <linux/types.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "ctl/export/encoding.h"

#define TEXT_TYPE "text/plain; charset=utf-8"
#define FRESH_NS (NS_PER_S / 2) /* younger documents are sent again */

/* The latest one of a route. */
struct document {
	struct MHD_Response *plain; /* NULL: none yet */
	struct MHD_Response *gzip;  /* NULL: not asked for yet, or not smaller */
	char *body;                 /* of the plain response, which owns it */
	size_t bytes;
	unsigned int status;
	__u64 printed_ns;
	const struct http_route *route;
	struct query query;
};

struct documents {
	const struct http_route *routes;
	void *context;
	struct document part;   /* the latest one that a query has asked for */
	struct document list[]; /* one for each route */
};

static const struct {
	const char *name;
	const char *value;
} headers[] = {
	{MHD_HTTP_HEADER_CONNECTION, "close"},
	{MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
	{MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; "
				    "style-src 'unsafe-inline'; connect-src 'self'; "
				    "img-src data:; frame-ancestors 'none'"},
};

/* Takes ownership of @body. */
static struct MHD_Response *new_response(void *body, size_t bytes, const char *type)
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

struct MHD_Response *documents__text(const char *text)
{
	char *body = strdup(text);

	return body ? new_response(body, strlen(body), TEXT_TYPE) : NULL;
}

struct documents *documents__new(const struct http_route *routes, void *context)
{
	struct documents *documents;
	size_t count = 0;

	while (routes[count].path)
		count++;
	documents = calloc(1, sizeof(*documents) + count * sizeof(documents->list[0]));
	if (!documents)
		return NULL;
	documents->routes = routes;
	documents->context = context;
	return documents;
}

/* Connections that still send it hold references. */
static void document_release(struct document *document)
{
	if (document->plain)
		MHD_destroy_response(document->plain);
	if (document->gzip)
		MHD_destroy_response(document->gzip);
	*document = (struct document){};
}

void documents__free(struct documents *documents)
{
	if (!documents)
		return;
	for (size_t i = 0; documents->routes[i].path; i++)
		document_release(&documents->list[i]);
	document_release(&documents->part);
	free(documents);
}

const struct http_route *documents__find(const struct documents *documents, const char *path,
					 const char *accept)
{
	const struct http_route *best = NULL;
	int best_quality = 0;

	for (const struct http_route *route = documents->routes; route->path; route++) {
		int quality;

		if (strcmp(path, route->path))
			continue;
		quality = accept__media_type(accept, &route->accepted_as);
		if (quality > best_quality || !best_quality)
			best = route;
		if (quality > best_quality)
			best_quality = quality;
	}
	return best;
}

static unsigned int status_of(int err)
{
	return !err             ? MHD_HTTP_OK
	       : err == -ENODEV ? MHD_HTTP_NOT_FOUND
				: MHD_HTTP_SERVICE_UNAVAILABLE;
}

static int document_print(const struct documents *documents, const struct http_route *route,
			  const struct query *query, struct document *document)
{
	struct errmsg why = {};
	FILE *out = open_memstream(&document->body, &document->bytes);
	int err;

	if (!out)
		return -ENOMEM;
	err = route->print(out, documents->context, query, &why);
	if (err) {
		rewind(out);
		fprintf(out, "%s\n", why.text[0] ? why.text : strerror(-err));
	}
	if (fclose(out)) {
		free(document->body);
		return -ENOMEM;
	}
	document->status = status_of(err);
	document->route = route;
	document->query = *query;
	document->printed_ns = clock__now_ns();
	document->plain =
		new_response(document->body, document->bytes, err ? TEXT_TYPE : route->type);
	return document->plain ? 0 : -ENOMEM;
}

static struct MHD_Response *document_gzip(struct document *document, const char *type)
{
	size_t bytes;
	void *packed;

	if (document->gzip)
		return document->gzip;
	packed = encoding__gzip(document->body, document->bytes, &bytes);
	document->gzip = packed ? new_response(packed, bytes, type) : NULL;
	if (document->gzip)
		MHD_add_response_header(document->gzip, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	return document->gzip;
}

static bool document_is_current(const struct document *document, const struct http_route *route,
				const struct query *query)
{
	return document->plain && document->route == route &&
	       query__equal(&document->query, query) &&
	       (route->is_constant || clock__now_ns() - document->printed_ns <= FRESH_NS);
}

struct MHD_Response *documents__get(struct documents *documents, const struct http_route *route,
				    const struct query *query, enum accept_coding coding,
				    unsigned int *ret_status)
{
	struct document *document =
		query->count ? &documents->part : &documents->list[route - documents->routes];
	struct MHD_Response *gzip = NULL;

	if (!document_is_current(document, route, query)) {
		document_release(document);
		if (document_print(documents, route, query, document)) {
			*document = (struct document){};
			return NULL;
		}
	}
	if (coding == CODING_GZIP && document->status == MHD_HTTP_OK)
		gzip = document_gzip(document, route->type);
	*ret_status = document->status;
	return gzip ?: document->plain;
}
