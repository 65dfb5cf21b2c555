// SPDX-License-Identifier: GPL-2.0-only
// request: what a request asks for, by RFC 9110 and RFC 9112, or why it is refused.
#include "ctl/export/request.h"

#include <linux/types.h>
#include <ctype.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/number.h"

#define MAX_PORT 65535

static bool is_token(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    (!text[i] || !strchr("!#$%&'*+-.^_`|~", text[i])))
			return false;
	return bytes;
}

/* Bytes above 0x7f are allowed, for historical reasons. */
static bool is_field_value(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\t')
			return false;
	return true;
}

void request__add_field(struct request_head *head, const char *name, size_t name_bytes,
			const char *value, size_t value_bytes)
{
	const struct {
		const char *name;
		struct request_field *field;
	} known[] = {
		{"Host", &head->host},
		{"Content-Length", &head->content_length},
		{"Transfer-Encoding", &head->transfer_encoding},
	};

	if (!is_token(name, name_bytes) || !is_field_value(value, value_bytes))
		head->has_malformed_field = true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != name_bytes ||
		    strncasecmp(known[i].name, name, name_bytes))
			continue;
		if (!known[i].field->count++)
			known[i].field->value = value;
	}
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static bool method_is_unknown(const struct request_head *head, struct request *request)
{
	static const char *const known[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
					    "CONNECT", "OPTIONS", "TRACE", "PATCH", NULL};

	(void)request;
	return !is_one_of(head->method, known);
}

static bool method_is_not_allowed(const struct request_head *head, struct request *request)
{
	static const char *const allowed[] = {"GET", "HEAD", NULL};

	(void)request;
	return !is_one_of(head->method, allowed);
}

static bool field_is_malformed(const struct request_head *head, struct request *request)
{
	(void)request;
	return head->has_malformed_field;
}

static bool host_is_missing(const struct request_head *head, struct request *request)
{
	(void)request;
	return !head->host.count && strcmp(head->version, "HTTP/1.0");
}

static bool host_is_repeated(const struct request_head *head, struct request *request)
{
	(void)request;
	return head->host.count > 1;
}

/* The length of "[2001:db8::1]" or of "example.org" in front of an optional port. */
static size_t host_bytes(const char *authority, size_t bytes)
{
	const char *end = memchr(authority, *authority == '[' ? ']' : ':', bytes);

	if (*authority == '[')
		return end ? (size_t)(end - authority) + 1 : 0;
	return end ? (size_t)(end - authority) : bytes;
}

static bool is_host_character(char c, bool bracketed)
{
	return isalnum((unsigned char)c) || (c && strchr("-._~%!$&'()*+,;=", c)) ||
	       (bracketed && c == ':');
}

/* Set the request's host from "HOST", "HOST:" or "HOST:PORT". Return: false if it is none. */
static bool take_authority(const char *authority, size_t bytes, struct request *request)
{
	size_t length = host_bytes(authority, bytes);
	bool bracketed = bytes && *authority == '[';
	char port[8];
	__u64 number;

	if (length - 2 * bracketed >= sizeof(request->host))
		return false;
	snprintf(request->host, sizeof(request->host), "%.*s", (int)(length - 2 * bracketed),
		 authority + bracketed);
	for (const char *c = request->host; *c; c++)
		if (!is_host_character(*c, bracketed))
			return false;
	if (length == bytes)
		return true;
	if (authority[length] != ':' || bytes - length > sizeof(port))
		return false;
	snprintf(port, sizeof(port), "%.*s", (int)(bytes - length - 1), authority + length + 1);
	return !port[0] || !number__u64("port", port, 0, MAX_PORT, &number, NULL);
}

static bool host_is_malformed(const struct request_head *head, struct request *request)
{
	return head->host.count &&
	       !take_authority(head->host.value, strlen(head->host.value), request);
}

/* Content that ends elsewhere for another reader of the same bytes can smuggle a request. */
static bool content_is_ambiguous(const struct request_head *head, struct request *request)
{
	const struct request_field *length = &head->content_length;
	__u64 bytes;

	(void)request;
	if (length->count > 1 || (length->count && head->transfer_encoding.count))
		return true;
	if (head->transfer_encoding.count && !strcmp(head->version, "HTTP/1.0"))
		return true;
	return length->count && number__u64("length", length->value, 0, ~0ull, &bytes, NULL);
}

static bool coding_is_unknown(const struct request_head *head, struct request *request)
{
	const struct request_field *coding = &head->transfer_encoding;

	(void)request;
	return coding->count > 1 || (coding->count && strcasecmp(coding->value, "chunked"));
}

static bool content_is_too_long(const struct request_head *head, struct request *request)
{
	const struct request_field *length = &head->content_length;
	__u64 bytes;

	(void)request;
	return length->count && (number__u64("length", length->value, 0, ~0ull, &bytes, NULL) ||
				 bytes > REQUEST_MAX_CONTENT_BYTES);
}

/* Return: the character that "%XX" stands for; 0 if it is none. */
static char decode_hex(const char *text)
{
	char digits[] = {text[1], text[1] ? text[2] : '\0', '\0'};

	return isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1])
		       ? strtoul(digits, NULL, 16)
		       : 0;
}

bool request__decode(const char *text, char *buf, size_t buf_bytes)
{
	size_t length = 0;

	for (; *text; text++) {
		char c = *text == '%' ? decode_hex(text) : *text;

		if (!c)
			return false;
		text += *text == '%' ? 2 : 0;
		if (length < buf_bytes - 1)
			buf[length++] = c;
	}
	buf[length] = '\0';
	return true;
}

/* Return: false if it is no path. */
static bool take_path(const char *text, struct request *request)
{
	for (const char *c = text; *c; c++)
		if (!isgraph((unsigned char)*c) || *c == '#')
			return false;
	return request__decode(text, request->path, sizeof(request->path));
}

/* Methods that are not allowed may have targets of other forms. */
static bool target_is_malformed(const struct request_head *head, struct request *request)
{
	static const char *const schemes[] = {"http://", "https://"};

	if (head->target[0] == '/')
		return !take_path(head->target, request);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *authority = head->target + strlen(schemes[i]);
		size_t bytes;

		if (strncasecmp(head->target, schemes[i], strlen(schemes[i])))
			continue;
		bytes = strcspn(authority, "/");
		return !bytes || !take_authority(authority, bytes, request) ||
		       !take_path(authority[bytes] ? authority + bytes : "/", request);
	}
	return true;
}

/* In this order: the first that holds is the response. */
static const struct {
	bool (*holds)(const struct request_head *head, struct request *request);
	struct refusal refusal;
} faults[] = {
	{field_is_malformed, {MHD_HTTP_BAD_REQUEST, "a header field is malformed\n"}},
	{method_is_unknown, {MHD_HTTP_NOT_IMPLEMENTED, "unknown method: use GET or HEAD\n"}},
	{host_is_missing, {MHD_HTTP_BAD_REQUEST, "HTTP/1.1 needs a Host field\n"}},
	{host_is_repeated, {MHD_HTTP_BAD_REQUEST, "more than one Host field\n"}},
	{host_is_malformed, {MHD_HTTP_BAD_REQUEST, "the Host field is malformed\n"}},
	{content_is_ambiguous,
	 {MHD_HTTP_BAD_REQUEST, "the length of the content is ambiguous or malformed\n"}},
	{coding_is_unknown,
	 {MHD_HTTP_NOT_IMPLEMENTED, "the only transfer coding is chunked, once\n"}},
	{method_is_not_allowed, {MHD_HTTP_METHOD_NOT_ALLOWED, "use GET or HEAD\n"}},
	{target_is_malformed, {MHD_HTTP_BAD_REQUEST, "the target is malformed\n"}},
	{content_is_too_long, {MHD_HTTP_CONTENT_TOO_LARGE, "content has no meaning here\n"}},
};

const struct refusal *request__parse(const struct request_head *head, struct request *ret)
{
	*ret = (struct request){};
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].holds(head, ret))
			return &faults[i].refusal;
	return NULL;
}
