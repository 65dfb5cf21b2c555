// SPDX-License-Identifier: GPL-2.0-only
// test_utf8: valid UTF-8 is kept, every other byte is escaped.
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"
#include "tests/unit_test.h"

static const struct {
	const char *bytes, *text;
} rows[] = {
	{"", ""},
	{"eth0", "eth0"},
	{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
	{"\xff", "\\xff"},
	{"a\x80z", "a\\x80z"},
	{"\xc3", "\\xc3"},
	{"\xe2\x82", "\\xe2\\x82"},
	{"\xc0\xaf", "\\xc0\\xaf"},                         /* overlong */
	{"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},                /* overlong */
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},                /* a surrogate */
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},       /* above U+10FFFF */
	{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},           /* U+10FFFF */
	{"\xf0\x9f\x98\xc3\xa9", "\\xf0\\x9f\\x98\xc3\xa9"} /* cut, then a valid character */
};

static void test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text = utf8__escape(rows[i].bytes);

		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

/* Agrees with jansson's check, for all sequences of up to three bytes and some of four. */
static void test_agrees_with_jansson(void **state)
{
	(void)state;
	for (unsigned int bytes = 1; bytes < 1u << 24; bytes += bytes < 1 << 16 ? 1 : 61) {
		const char string[5] = {bytes, bytes >> 8, bytes >> 16, (char)0x80};
		json_t *valid = json_string(string);
		char *text = utf8__escape(string);

		assert_int_equal(!strcmp(text, string), !!valid);
		json_decref(valid);
		free(text);
	}
}

static void test_json(void **state)
{
	json_t *string = utf8__json("\xff"), *none = utf8__json(NULL);

	(void)state;
	assert_string_equal(json_string_value(string), "\\xff");
	assert_true(json_is_null(none));
	json_decref(string);
}

static void test_plain(void **state)
{
	static const struct {
		const char *bytes, *plain;
	} lines[] = {
		{"g0: attached", "g0: attached"},
		{"a\033[31mb\n", "a?[31mb?"},
		{"\x7f\t", "??"},
		{"\xc2\x9b"
		 "2J \xc2\xa0",
		 "??2J \xc2\xa0"}, /* CSI; a no-break space */
		{"\xff\xc3\xa9", "?\xc3\xa9"},
		{"0123456789abcd\xc3\xa9", "0123456789abcd"}, /* characters are not cut */
		{"0123456789abcdef", "0123456789abcde"},
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		assert_string_equal(utf8__printable(lines[i].bytes, buf, sizeof(buf)),
				    lines[i].plain);
}

/* Lines of an untrusted file, of which only the given bytes are written. */
static void test_write(void **state)
{
	static const char text[] = "\tif (x)\033[2J\n\xc3\xa9\xff\x7f;rest";
	char written[64] = {};
	FILE *stream = fmemopen(written, sizeof(written), "w");

	(void)state;
	assert_non_null(stream);
	utf8__write(stream, text, strlen(text) - 4);
	fclose(stream);
	assert_string_equal(written, "\tif (x)?[2J\n\xc3\xa9??;");
}

static void test_columns(void **state)
{
	static const struct {
		const char *text;
		int columns;
		const char *fitted; /* to 4 columns */
	} lines[] = {
		{"eth0", 4, "eth0"},
		{"eth10", 5, "eth~"},
		{"\xc3\xa9\xe2\x82\xac", 2, "\xc3\xa9\xe2\x82\xac"}, /* é€ */
		{"\xe4\xb8\xad\xe6\x96\x87z", 5, "\xe4\xb8\xad~"},   /* two wide ones */
		{"e\xcc\x81th0", 4, "e\xcc\x81th0"},                 /* combining */
		{"ab\xff\xff\xff", 5, "ab\xff~"},
		{"", 0, ""},
	};
	char buf[16];

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(utf8__columns(lines[i].text), lines[i].columns);
		utf8__fit(lines[i].text, 4, "~", buf, sizeof(buf));
		assert_string_equal(buf, lines[i].fitted);
	}
	assert_string_equal(utf8__pad("\xc3\xa9", 3, buf, sizeof(buf)), "\xc3\xa9  ");
	assert_string_equal(utf8__pad("eth0", 3, buf, sizeof(buf)), "eth0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),  cmocka_unit_test(test_agrees_with_jansson),
		cmocka_unit_test(test_json),  cmocka_unit_test(test_plain),
		cmocka_unit_test(test_write), cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
