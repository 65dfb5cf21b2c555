// SPDX-License-Identifier: GPL-2.0-only
// name: names that an operator gives in a file, of rules and hooks.
#include "common/base/name.h"

#include <ctype.h>
#include <string.h>

int name__parse(const char *what, const char *text, char *ret, size_t size, struct errmsg *why)
{
	size_t length = strlen(text);

	if (!length || length >= size)
		return errmsg__usage(why, "%s: '%s': expected 1 to %zu characters", what, text,
				     size - 1);
	for (const char *c = text; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.", *c)))
			return errmsg__usage(why,
					     "%s: '%s': expected letters, digits, '-', '_' and '.'",
					     what, text);
	memcpy(ret, text, length + 1);
	return 0;
}
