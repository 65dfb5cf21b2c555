// SPDX-License-Identifier: GPL-2.0-only
// utf8: bytes from anywhere, such as names of interfaces and files, as valid UTF-8, or fit for a
// terminal.
#ifndef COMMON_BASE_UTF8_H
#define COMMON_BASE_UTF8_H

#include <jansson.h>
#include <stddef.h>

/**
 * utf8__escape() - a copy in which each byte that is not valid UTF-8 is shown as \xHH
 *
 * Linux takes almost any byte in the name of an interface or a file; JSON and OpenMetrics do not.
 *
 * Return: to be freed with free(3); NULL without memory.
 */
char *utf8__escape(const char *text);

/**
 * utf8__printable() - a copy for a terminal: control characters and what is not UTF-8 are shown as
 * ?
 * @buf: takes as much of @text as fits
 *
 * Who may name an interface or a file would else move the cursor of who lists them, or worse.
 *
 * Return: @buf.
 */
const char *utf8__printable(const char *text, char *buf, size_t buf_bytes);

/* The same in a buffer that lasts as long as the block around it: a line of ours fits. */
#define UTF8_PRINTABLE(text) utf8__printable(text, (char[768]){}, 768)

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

/** utf8__json() - the same as a new JSON string; null for NULL, and NULL without memory. */
json_t *utf8__json(const char *text);

#endif
