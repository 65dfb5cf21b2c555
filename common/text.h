// SPDX-License-Identifier: GPL-2.0-only
// text: bytes from anywhere, such as names of interfaces and files, as valid UTF-8.
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <jansson.h>

/**
 * text__utf8() - a copy in which each byte that is not valid UTF-8 is shown as \xHH
 *
 * Linux takes almost any byte in the name of an interface or a file; JSON and OpenMetrics do not.
 *
 * Return: to be freed with free(3); NULL without memory.
 */
char *text__utf8(const char *text);

/** text__json() - the same as a new JSON string; null for NULL, and NULL without memory. */
json_t *text__json(const char *text);

#endif
