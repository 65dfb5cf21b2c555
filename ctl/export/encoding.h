// SPDX-License-Identifier: GPL-2.0-only
// encoding: a document in the gzip format.
#ifndef CTL_EXPORT_ENCODING_H
#define CTL_EXPORT_ENCODING_H

#include <stddef.h>

/**
 * encoding__gzip() - compress a document
 * @ret_bytes: size of the result
 *
 * Return: to be freed by the caller; NULL: no memory, or it would not become smaller.
 */
void *encoding__gzip(const void *text, size_t bytes, size_t *ret_bytes);

#endif
