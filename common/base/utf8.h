// SPDX-License-Identifier: GPL-2.0-only
// utf8: untrusted bytes, such as names of interfaces and files, as valid UTF-8 or as text that is
// safe to print.
#ifndef COMMON_BASE_UTF8_H
#define COMMON_BASE_UTF8_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/**
 * utf8__escape() - copy a text, with each byte that is not valid UTF-8 written as \xHH
 *
 * Names of interfaces and files may hold almost any byte; JSON and OpenMetrics may not.
 *
 * Return: to be freed with free(3); NULL if out of memory.
 */
char *utf8__escape(const char *text);

/**
 * utf8__printable() - copy a text for a terminal, with '?' for control characters and invalid UTF-8
 * @buf: receives as much of @text as fits
 *
 * Names are untrusted: control characters could drive the terminal.
 *
 * Return: @buf.
 */
const char *utf8__printable(const char *text, char *buf, size_t buf_bytes);

/* The same in a buffer of the enclosing block, large enough for one message. */
#define UTF8_PRINTABLE(text) utf8__printable(text, (char[768]){}, 768)

/**
 * utf8__write() - write text of an untrusted file, with '?' as utf8__printable() does
 * @bytes: the length of @text; newlines and tabs are written as they are
 */
void utf8__write(FILE *stream, const char *text, size_t bytes);

/** utf8__columns() - how many terminal columns a text takes; LC_CTYPE must be UTF-8. */
int utf8__columns(const char *text);

/**
 * utf8__fit() - cut a text to @columns terminal columns; a cut one ends in @ellipsis
 *
 * Return: @buf.
 */
const char *utf8__fit(const char *text, int columns, const char *ellipsis, char *buf,
		      size_t buf_bytes);

/** utf8__pad() - fill a text up with spaces to @columns terminal columns. Return: @buf. */
const char *utf8__pad(const char *text, int columns, char *buf, size_t buf_bytes);

/* The same in a buffer that lasts as long as the enclosing block. */
#define UTF8_PADDED(text, columns) utf8__pad(text, columns, (char[768]){}, 768)

/** utf8__json() - utf8__escape() as a new JSON string; null for NULL, NULL if out of memory. */
json_t *utf8__json(const char *text);

#endif
