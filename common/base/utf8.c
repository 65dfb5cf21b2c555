// SPDX-License-Identifier: GPL-2.0-only
// utf8: untrusted bytes, such as names of interfaces and files, as valid UTF-8 or as text that is
// safe to print.
#include "common/base/utf8.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define ESCAPE_BYTES 4 /* \xHH */

/* Well-formed sequences: the Unicode Standard, table 3-7. A third or fourth byte is 80..BF. */
static const struct {
	__u8 first_min, first_max, second_min, second_max, bytes;
} sequences[] = {
	{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* The length of the valid sequence at the start of a string, or 0. */
static int sequence_bytes(const __u8 *at)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		int bytes;

		if (at[0] < sequences[i].first_min || at[0] > sequences[i].first_max)
			continue;
		if (sequences[i].bytes > 1 &&
		    (at[1] < sequences[i].second_min || at[1] > sequences[i].second_max))
			return 0;
		for (bytes = 2; bytes < sequences[i].bytes; bytes++)
			if ((at[bytes] & 0xc0) != 0x80)
				return 0;
		return sequences[i].bytes;
	}
	return 0;
}

char *utf8__escape(const char *text)
{
	char *copy = malloc(ESCAPE_BYTES * strlen(text) + 1), *out = copy;

	if (!copy)
		return NULL;
	while (*text) {
		int bytes = sequence_bytes((const __u8 *)text);

		if (bytes)
			out = mempcpy(out, text, bytes);
		else
			out += sprintf(out, "\\x%02x", (__u8)*text);
		text += bytes ?: 1;
	}
	*out = '\0';
	return copy;
}

/* C0, DEL, and C1 in UTF-8, with which some terminals begin an escape sequence. */
static bool is_control(const __u8 *at)
{
	return at[0] < 0x20 || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

const char *utf8__printable(const char *text, char *buf, size_t buf_bytes)
{
	size_t filled = 0;

	while (*text) {
		int bytes = sequence_bytes((const __u8 *)text);

		if (filled + (bytes ?: 1) >= buf_bytes)
			break;
		if (bytes && !is_control((const __u8 *)text))
			memcpy(buf + filled, text, bytes);
		else
			memset(buf + filled, '?', bytes ?: 1);
		filled += bytes ?: 1;
		text += bytes ?: 1;
	}
	buf[filled] = '\0';
	return buf;
}

void utf8__write(FILE *stream, const char *text, size_t bytes)
{
	const char *end = text + bytes;

	while (text < end) {
		size_t length = sequence_bytes((const __u8 *)text) ?: 1;
		bool is_kept = *text == '\n' || *text == '\t';
		char buf[8];

		snprintf(buf, sizeof(buf), "%.*s", (int)length, text);
		fputs(is_kept ? buf : utf8__printable(buf, (char[8]){}, 8), stream);
		text += length;
	}
}

/* Terminal columns of a valid sequence; wcwidth() does not know every character. */
static int sequence_columns(const __u8 *at, int bytes)
{
	static const __u8 first_masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	wchar_t character = at[0] & first_masks[bytes];
	int columns;

	for (int i = 1; i < bytes; i++)
		character = character << 6 | (at[i] & 0x3f);
	columns = wcwidth(character);
	return columns < 0 ? 1 : columns;
}

int utf8__columns(const char *text)
{
	int columns = 0;

	while (*text) {
		int bytes = sequence_bytes((const __u8 *)text);

		columns += bytes ? sequence_columns((const __u8 *)text, bytes) : 1;
		text += bytes ?: 1;
	}
	return columns;
}

const char *utf8__fit(const char *text, int columns, const char *ellipsis, char *buf,
		      size_t buf_bytes)
{
	bool cut = utf8__columns(text) > columns;
	int left = cut ? columns - utf8__columns(ellipsis) : columns;
	size_t filled = 0;

	while (*text) {
		int bytes = sequence_bytes((const __u8 *)text);

		left -= bytes ? sequence_columns((const __u8 *)text, bytes) : 1;
		if (left < 0 || filled + (bytes ?: 1) + strlen(ellipsis) >= buf_bytes)
			break;
		memcpy(buf + filled, text, bytes ?: 1);
		filled += bytes ?: 1;
		text += bytes ?: 1;
	}
	snprintf(buf + filled, buf_bytes - filled, "%s", cut ? ellipsis : "");
	return buf;
}

const char *utf8__pad(const char *text, int columns, char *buf, size_t buf_bytes)
{
	int padding = columns - utf8__columns(text);

	snprintf(buf, buf_bytes, "%s%*s", text, padding > 0 ? padding : 0, "");
	return buf;
}

json_t *utf8__json(const char *text)
{
	char *copy;
	json_t *string;

	if (!text)
		return json_null();
	copy = utf8__escape(text);
	string = copy ? json_string_nocheck(copy) : NULL;
	free(copy);
	return string;
}
