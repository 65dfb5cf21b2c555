// SPDX-License-Identifier: GPL-2.0-only
// name: names that an operator gives in a file, of rules and hooks.
#ifndef COMMON_BASE_NAME_H
#define COMMON_BASE_NAME_H

#include <stddef.h>

#include "common/base/errmsg.h"

/**
 * name__parse() - take a name of letters, digits, '-', '_' and '.'
 * @what: the key that it belongs to, for the message
 * @ret: a buffer of @size; unchanged if the name is refused
 *
 * Return: 0, or -EINVAL with @why set.
 */
int name__parse(const char *what, const char *text, char *ret, size_t size, struct errmsg *why);

#endif
