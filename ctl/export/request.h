// SPDX-License-Identifier: GPL-2.0-only
// request: what a request asks for, by RFC 9110 and RFC 9112, or why it is refused.
#ifndef CTL_EXPORT_REQUEST_H
#define CTL_EXPORT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define REQUEST_MAX_CONTENT_BYTES (64 * 1024)

/* A field that must not be repeated. */
struct request_field {
	const char *value; /* of the first one, if there is any */
	unsigned int count;
};

/* As received; the fields are added by request__add_field(). */
struct request_head {
	const char *method;
	const char *target; /* not decoded, without the query */
	const char *version;
	struct request_field host;
	struct request_field content_length;
	struct request_field transfer_encoding;
	bool has_malformed_field;
};

struct request {
	char host[256]; /* without brackets and port; "": none was named */
	char path[256]; /* decoded; a longer one is cut, and is no document's */
};

/**
 * request__decode() - decode percent-encoding
 * @buf: receives as much as fits
 *
 * Return: false if the encoding is malformed, or of a NUL byte.
 */
bool request__decode(const char *text, char *buf, size_t buf_bytes);

struct refusal {
	unsigned int status;
	const char *text; /* a line */
};

/**
 * request__add_field() - note a header field
 * @value: must outlive @head; zero-terminated
 */
void request__add_field(struct request_head *head, const char *name, size_t name_bytes,
			const char *value, size_t value_bytes);

/**
 * request__parse() - check a request of which the content has not been read
 *
 * The host is that of an absolute target, or of the Host field.
 *
 * Return: NULL with *@ret set, or the response to refuse it with.
 */
const struct refusal *request__parse(const struct request_head *head, struct request *ret);

#endif
