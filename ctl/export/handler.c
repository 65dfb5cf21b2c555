// SPDX-License-Identifier: GPL-2.0-only
// handler: the response to one request.
#include "ctl/export/handler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/export/clients.h"
#include "ctl/export/hosts.h"
#include "ctl/export/request.h"

#define FIELD_BYTES 1024 /* of a list in a header field; what exceeds it is ignored */

/* What is known of a request while its content is read. */
struct pending {
	struct request request;
	size_t content_bytes;
};

static enum MHD_Result handler_send_text(struct MHD_Connection *connection, unsigned int status,
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

struct query_walk {
	struct query query;
	unsigned int parameters;
	struct errmsg why;
	int err;
};

static enum MHD_Result query_add_parameter(void *context, enum MHD_ValueKind kind, const char *name,
					   const char *value)
{
	struct query_walk *walk = context;

	(void)kind;
	walk->err = query__add(&walk->query, walk->parameters, name, value, &walk->why);
	return walk->err ? MHD_NO : MHD_YES;
}

static int query_of(struct MHD_Connection *connection, struct query_walk *walk)
{
	if (walk->parameters)
		MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, query_add_parameter,
					  walk);
	return walk->err ?: query__check(&walk->query, &walk->why);
}

static enum MHD_Result handler_send_error(struct MHD_Connection *connection, unsigned int status,
					  const char *error)
{
	char text[sizeof(struct errmsg)];

	snprintf(text, sizeof(text), "%s\n", UTF8_PRINTABLE(error));
	return handler_send_text(connection, status, text);
}

static enum MHD_Result handler_send_document(const struct handler *handler,
					     struct MHD_Connection *connection, const char *path)
{
	struct list_walk accept = {.name = MHD_HTTP_HEADER_ACCEPT};
	struct list_walk accept_encoding = {.name = MHD_HTTP_HEADER_ACCEPT_ENCODING};
	struct query_walk query = {};
	const struct http_route *route;
	struct MHD_Response *response;
	enum accept_coding coding;
	unsigned int status;

	route = documents__find(handler->documents, path, list_of(connection, &accept));
	if (!route)
		return handler_send_text(connection, MHD_HTTP_NOT_FOUND, "not found\n");
	coding = accept__coding(list_of(connection, &accept_encoding));
	if (coding == CODING_NONE)
		return handler_send_text(connection, MHD_HTTP_NOT_ACCEPTABLE,
					 "accept gzip, or no encoding\n");
	query.parameters = route->parameters;
	if (query_of(connection, &query))
		return handler_send_error(connection, MHD_HTTP_BAD_REQUEST, query.why.text);
	response = documents__get(handler->documents, route, &query.query, coding, &status);
	return response ? MHD_queue_response(connection, status, response) : MHD_NO;
}

static struct client *client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

static enum MHD_Result handler_refuse_host(struct MHD_Connection *connection, const char *host)
{
	char text[2 * sizeof(((struct request *)NULL)->host) + 128];

	snprintf(text, sizeof(text),
		 "'%s' is no name of this exporter: use its address, or start it with "
		 "--allow-host %s\n",
		 host, host[0] ? host : "NAME");
	return handler_send_text(connection, MHD_HTTP_MISDIRECTED_REQUEST, text);
}

static enum passwords_verdict handler_authenticate(const struct handler *handler,
						   struct MHD_Connection *connection)
{
	if (!handler->passwords)
		return PASSWORD_RIGHT;
	return passwords__check(handler->passwords,
				MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							    MHD_HTTP_HEADER_AUTHORIZATION));
}

/* The header section is complete: refuse the request, or read its content. */
static enum MHD_Result handler_begin(const struct handler *handler,
				     struct MHD_Connection *connection,
				     const struct request_head *head, void **state)
{
	struct client *client = client_of(connection);
	const struct refusal *refusal;
	struct pending *pending;
	struct request request;

	client->has_request = true;
	refusal = request__parse(head, &request);
	if (refusal)
		return handler_send_text(connection, refusal->status, refusal->text);
	if (head->host.count && !client->is_unix &&
	    !hosts__allows(request.host, handler->allowed_hosts, handler->allowed_hosts_count))
		return handler_refuse_host(connection, request.host);
	switch (handler_authenticate(handler, connection)) {
	case PASSWORD_RIGHT:
		break;
	case PASSWORD_WRONG:
		return handler_send_text(connection, MHD_HTTP_UNAUTHORIZED,
					 "this exporter needs a user and a password\n");
	case PASSWORD_LATER:
		return handler_send_text(connection, MHD_HTTP_TOO_MANY_REQUESTS,
					 "too many wrong passwords: try again later\n");
	}
	pending = calloc(1, sizeof(*pending));
	if (!pending)
		return MHD_NO;
	pending->request = request;
	*state = pending;
	return MHD_YES;
}

enum MHD_Result handler__handle(void *context, struct MHD_Connection *connection,
				const char *target, const char *method, const char *version,
				const char *content, size_t *content_bytes, void **state)
{
	struct request_head head = {.method = method, .target = target, .version = version};
	struct pending *pending = *state;

	(void)content;
	if (!pending) {
		MHD_get_connection_values_n(connection, MHD_HEADER_KIND, head_add_field, &head);
		return handler_begin(context, connection, &head, state);
	}
	if (!*content_bytes)
		return handler_send_document(context, connection, pending->request.path);
	/* It has no meaning, but a response before its end could get lost. */
	pending->content_bytes += *content_bytes;
	*content_bytes = 0;
	return pending->content_bytes > REQUEST_MAX_CONTENT_BYTES ? MHD_NO : MHD_YES;
}

void handler__completed(void *context, struct MHD_Connection *connection, void **state,
			enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	free(*state);
	*state = NULL;
}

size_t handler__keep_encoded(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}
