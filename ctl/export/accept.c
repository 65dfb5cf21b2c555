// SPDX-License-Identifier: GPL-2.0-only
// accept: what the Accept header of a request says about a media type.
#include "ctl/export/accept.h"

#include <stdbool.h>
#include <string.h>

#define MAX_QUALITY 1000
#define BLANKS " \t"

struct word {
	const char *start;
	size_t length;
};

/* Take what stands before a separator, without blanks around it; quoted separators do not count. */
static struct word take_word(const char **at, const char *separators)
{
	struct word word;
	bool quoted = false;

	*at += strspn(*at, BLANKS);
	word.start = *at;
	for (; **at && (quoted || !strchr(separators, **at)); ++*at)
		quoted ^= **at == '"';
	word.length = *at - word.start;
	while (word.length && strchr(BLANKS, word.start[word.length - 1]))
		word.length--;
	return word;
}

static bool word_is(struct word word, const char *text)
{
	if (word.length > 1 && word.start[0] == '"' && word.start[word.length - 1] == '"') {
		word.start++;
		word.length -= 2;
	}
	return word.length == strlen(text) && !strncasecmp(word.start, text, word.length);
}

/* "0.75" is 750; what is not a quality is 0. */
static int parse_quality(struct word word)
{
	int quality = 0, unit = MAX_QUALITY;

	for (size_t i = 0; i < word.length; i++) {
		if (i == 1 ? word.start[i] != '.' : word.start[i] < '0' || word.start[i] > '9')
			return 0;
		if (i == 1)
			continue;
		quality += (word.start[i] - '0') * unit;
		unit /= 10;
	}
	return quality > MAX_QUALITY ? 0 : quality;
}

/* One element of the list, "type;name=value...": @at is left at its end. */
static int element_quality(const char **at, const char *type, const char *version)
{
	bool is_named = word_is(take_word(at, ";,"), type);
	int quality = MAX_QUALITY;

	while (**at == ';') {
		struct word name, value = {"", 0};

		++*at;
		name = take_word(at, "=;,");
		if (**at == '=') {
			++*at;
			value = take_word(at, ";,");
		}
		if (word_is(name, "q"))
			quality = parse_quality(value);
		else if (word_is(name, "version"))
			is_named &= word_is(value, version);
	}
	return is_named ? quality : 0;
}

int accept__quality(const char *accept, const char *type, const char *version)
{
	const char *at = accept ?: "";
	int best = 0;

	while (*at) {
		int quality = element_quality(&at, type, version);

		if (quality > best)
			best = quality;
		if (*at == ',')
			at++;
	}
	return best;
}
