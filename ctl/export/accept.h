// SPDX-License-Identifier: GPL-2.0-only
// accept: what Accept and Accept-Encoding say about a media type or a content coding.
#ifndef CTL_EXPORT_ACCEPT_H
#define CTL_EXPORT_ACCEPT_H

#include <stdbool.h>

struct media_type {
	const char *name;    /* as in "text/plain"; NULL: accepted by every client */
	const char *version; /* a client that names a version must name this one; NULL: any */
	bool only_named;     /* ranges such as "text/..." do not cover it */
};

/**
 * accept__media_type() - how much a client wants a media type
 * @accept: the field's value; NULL: there is none, which accepts everything
 *
 * The most specific range that matches counts, as in RFC 9110, section 12.5.1.
 *
 * Return: from 1 to 1000; 0: not accepted.
 */
int accept__media_type(const char *accept, const struct media_type *type);

enum accept_coding {
	CODING_IDENTITY,
	CODING_GZIP,
	CODING_NONE, /* the client refuses both */
};

/**
 * accept__coding() - the content coding to answer with
 * @accept_encoding: the field's value; NULL: there is none
 */
enum accept_coding accept__coding(const char *accept_encoding);

#endif
