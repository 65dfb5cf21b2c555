// SPDX-License-Identifier: GPL-2.0-only
// accept: what Accept and Accept-Encoding say about a media type or a content coding.
#include "ctl/export/accept.h"

#include <string.h>
#include <strings.h>

#define MAX_QUALITY 1000
#define BLANKS " \t"

struct word {
	const char *start;
	size_t length;
};

/* One element of a list: "text/plain;version=0.0.4;q=0.5". */
struct element {
	struct word name;
	struct word version; /* empty: not given */
	int quality;
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

/* @at is left behind the element. Return: false at the end of the list. */
static bool take_element(const char **at, struct element *ret)
{
	if (!**at)
		return false;
	*ret = (struct element){.name = take_word(at, ";,"), .quality = MAX_QUALITY};
	while (**at == ';') {
		struct word name, value = {"", 0};

		++*at;
		name = take_word(at, "=;,");
		if (**at == '=') {
			++*at;
			value = take_word(at, ";,");
		}
		if (word_is(name, "q"))
			ret->quality = parse_quality(value);
		else if (word_is(name, "version"))
			ret->version = value;
	}
	*at += **at == ',';
	return true;
}

/* How closely an element describes a type: 0 for not at all. */
static int specificity(const struct element *element, const struct media_type *type)
{
	size_t major_bytes = strcspn(type->name, "/") + 1;

	if (word_is(element->name, type->name)) {
		if (!element->version.length || !type->version)
			return 3;
		return word_is(element->version, type->version) ? 4 : 0;
	}
	if (type->only_named)
		return 0;
	if (element->name.length == major_bytes + 1 && element->name.start[major_bytes] == '*' &&
	    !strncasecmp(element->name.start, type->name, major_bytes))
		return 2;
	return word_is(element->name, "*/*");
}

int accept__media_type(const char *accept, const struct media_type *type)
{
	int closest = 0, quality = 0;
	struct element element;

	if (!accept || !type->name)
		return type->only_named ? 0 : MAX_QUALITY;
	while (take_element(&accept, &element)) {
		int close = specificity(&element, type);

		if (close > closest || (close && close == closest && element.quality > quality)) {
			closest = close;
			quality = element.quality;
		}
	}
	return quality;
}

enum accept_coding accept__coding(const char *accept_encoding)
{
	int gzip = -1, identity = -1, others = -1; /* -1: not mentioned */
	struct element element;

	if (!accept_encoding)
		return CODING_IDENTITY;
	while (take_element(&accept_encoding, &element)) {
		if (word_is(element.name, "gzip") || word_is(element.name, "x-gzip"))
			gzip = element.quality;
		else if (word_is(element.name, "identity"))
			identity = element.quality;
		else if (word_is(element.name, "*"))
			others = element.quality;
	}
	if (gzip < 0)
		gzip = others;
	/* No coding is acceptable unless it is excluded, and the last choice unless it is named. */
	if (identity < 0)
		identity = others != 0;
	if (gzip > 0 && gzip >= identity)
		return CODING_GZIP;
	return identity ? CODING_IDENTITY : CODING_NONE;
}
