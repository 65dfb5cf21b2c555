// SPDX-License-Identifier: GPL-2.0-only
// handler: the response to one request.
#ifndef CTL_EXPORT_HANDLER_H
#define CTL_EXPORT_HANDLER_H

#include <microhttpd.h>
#include <stddef.h>

#include "ctl/export/documents.h"
#include "ctl/export/passwords.h"

struct handler {
	struct documents *documents;
	const char *const *allowed_hosts; /* see hosts__allows() */
	size_t allowed_hosts_count;
	struct passwords *passwords; /* NULL: everybody is served */
};

/**
 * handler__handle() - libmicrohttpd's access handler
 * @context: a struct handler
 *
 * The socket context of the connection is its struct client.
 */
enum MHD_Result handler__handle(void *context, struct MHD_Connection *connection,
				const char *target, const char *method, const char *version,
				const char *content, size_t *content_bytes, void **state);

/** handler__completed() - free what handler__handle() keeps of a request. */
void handler__completed(void *context, struct MHD_Connection *connection, void **state,
			enum MHD_RequestTerminationCode code);

/** handler__keep_encoded() - leave targets to request__parse(), which knows of NUL bytes. */
size_t handler__keep_encoded(void *context, struct MHD_Connection *connection, char *text);

#endif
