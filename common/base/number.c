// SPDX-License-Identifier: GPL-2.0-only
// number: numbers and words from the command line or a file, accepted whole or refused.
#include "common/base/number.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/nearest.h"

int number__u64(const char *what, const char *text, __u64 min, __u64 max, __u64 *ret,
		struct errmsg *why)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end)
		return errmsg__usage(why, "%s: '%s' is not a whole number", what, text);
	if (errno || value < min || value > max)
		return errmsg__usage(why, "%s: %s is not between %llu and %llu", what, text, min,
				     max);
	*ret = value;
	return 0;
}

int number__choice(const char *what, const char *text, const char *const *words, int *ret,
		   struct errmsg *why)
{
	struct nearest nearest = {.text = text};
	char choices[256] = "", hint[NEAREST_HINT_BYTES];
	size_t used = 0;

	for (int i = 0; words[i]; i++) {
		if (!strcmp(words[i], text)) {
			*ret = i;
			return 0;
		}
		nearest__offer(&nearest, words[i]);
		if (used < sizeof(choices))
			used += snprintf(choices + used, sizeof(choices) - used, "%s%s",
					 i ? ", " : "", words[i]);
	}
	return errmsg__usage(why, "%s: '%s' is not one of %s%s", what, text, choices,
			     nearest__hint(&nearest, hint));
}

int number__version(const char *what, const char *text, int known, int *ret, struct errmsg *why)
{
	__u64 version;
	int err = number__u64(what, text, 1, INT_MAX, &version, why);

	if (err)
		return err;
	if (version != (__u64)known)
		return errmsg__usage(why, "%s: version %llu is unknown: this xdpctl reads %d", what,
				     version, known);
	*ret = known;
	return 0;
}
