// SPDX-License-Identifier: GPL-2.0-only
// test_web_config: YAML and the web configuration file: what is taken, and one error with its line.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/export/web_config.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

#define HASH "$2y$10$NLkk5ukBNgPY2uMsDEQKjekEPNp41Otqk/4osp5FEX87XX106L4DW"
#define USER "basic_auth_users: {a: " HASH "}\n"
#define EIGHT(text) text text text text text text text text

static const struct {
	const char *text;
	int line; /* 0: it is accepted */
	const char *error;
} rows[] = {
	{"", 0, NULL},
	{"\n# nothing\n", 0, NULL},
	{"---\n...\n", 0, NULL},
	{"\xef\xbb\xbf" USER, 0, NULL},
	{"%YAML 1.1\n---\n" USER "...\n", 0, NULL},
	{"basic_auth_users:\n", 0, NULL},
	{"basic_auth_users: {\"\\u00e9\": " HASH "}\n", 0, NULL},
	/* Anchors and aliases. */
	{"basic_auth_users: {a: &x " HASH ", b: *x}\n", 0, NULL},
	{"basic_auth_users: {a: *x}\n", 1, "found undefined alias"},
	{"&x basic_auth_users: *x\n", 1, "expected keys"},
	{"&x\nbasic_auth_users: *x\n", 2, "expected a text"},
	{"basic_auth_users: &x\n  a: *x\n", 2, "expected a text"},
	{"basic_auth_users:\n  <<: {a: " HASH "}\n", 2, "expected a text"},
	{"tls_server_config: &x {cert_file: &x a}\n", 1,
	 "second occurrence (found duplicate anchor"},
	/* Keys. */
	{USER "\n" USER, 3, "'basic_auth_users' is given twice"},
	{"basic_auth_users:\n  a: " HASH "\n  \"a\": " HASH "\n", 3, "'a' is given twice"},
	{"tls_server_config: {key_file: a,\n key_file: a}\n", 2, "'key_file' is given twice"},
	{"? [a]\n: b\n", 1, "expected a text"},
	{"? {a: b}\n", 1, "expected a text"},
	{"Basic_Auth_Users: {}\n", 1, "did you mean 'basic_auth_users'?"},
	{"\"a\\0b\": c\n", 1, "a text cannot contain a NUL byte"},
	{"- a\n", 1, "expected keys"},
	{"a\n", 1, "expected keys"},
	{"[]\n", 1, "expected keys"},
	/* More than one document. */
	{USER "---\n" USER, 2, "a second document"},
	{USER "...\n---\n", 3, "a second document"},
	{"---\n---\n", 2, "a second document"},
	/* Depth. */
	{"a: " EIGHT("[") EIGHT("[") "\n", 1, "nested too deeply"},
	{EIGHT("{a: ") EIGHT("{a: ") "\n{a: ", 2, "nested too deeply"},
	{"\n" EIGHT("- ") EIGHT("? ") "- a\n", 2, "nested too deeply"},
	/* Tabs. */
	{"basic_auth_users:\n\ta: " HASH "\n", 2, "a tab cannot indent: use spaces"},
	{"basic_auth_users:\n  \ta: " HASH "\n", 2, "a tab cannot indent: use spaces"},
	{"\ttls_server_config:\n", 1, "a tab cannot indent: use spaces"},
	{"basic_auth_users:\t{a:\t" HASH "}\n", 0, NULL},
	/* What is no text. */
	{"\n\nbasic_auth_users: {\xe9: a}\n", 3, "invalid"},
	{"a\n\xff\n", 2, "invalid leading UTF-8 octet"},
	{"a\n\n\x01\n", 3, "control characters are not allowed"},
	{"\x7f"
	 "ELF\n",
	 1, "control characters are not allowed"},
	/* Syntax. */
	{"basic_auth_users: {\n", 2, "did not find"},
	{"a: b: c\n", 1, "mapping values are not allowed"},
	{"a:\n  b: c\n d: e\n", 3, "did not find"},
	{"a: \"b\n", 2, "found unexpected end of stream"},
	{"%YAML 2.0\n---\n", 1, "found incompatible YAML document"},
	{"a: @b\n", 1, "found character that cannot start any token"},
};

/* The error is one line, and names the file, the line and the column. */
static void assert_error(const struct errmsg *why, const char *path, int line, const char *error)
{
	const char *column = why->text;
	char start[256];
	size_t digits;

	snprintf(start, sizeof(start), "%s:%d:", path, line);
	if (!strncmp(why->text, start, strlen(start)))
		column += strlen(start);
	digits = strspn(column, "0123456789");
	if (column == why->text || !digits || strncmp(column + digits, ": ", 2) ||
	    !strstr(column, error) || strchr(column, '\n'))
		fail_msg("'%s', not '%s...%s'", why->text, start, error);
}

static void test_rows(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct web_config config;
		struct errmsg why = {};
		int err;

		store(scratch->path, rows[i].text, strlen(rows[i].text));
		err = web_config__load(scratch->path, &config, &why);
		if (rows[i].line) {
			assert_int_equal(err, -EINVAL);
			assert_error(&why, scratch->path, rows[i].line, rows[i].error);
			continue;
		}
		if (err)
			fail_msg("row %zu: %s", i, why.text);
		web_config__free(&config);
	}
}

static void test_values(void **state)
{
	static const char text[] = "tls_server_config:\n"
				   "  cert_file: a.crt\n"
				   "  key_file: /b.key\n"
				   "  min_version: TLS13\n"
				   "basic_auth_users: {b: &x " HASH ", c: *x}\n";
	struct scratch *scratch = *state;
	struct web_config config;
	char cert[128];

	store(scratch->path, text, strlen(text));
	snprintf(cert, sizeof(cert), "%s/a.crt", scratch->dir);
	assert_int_equal(web_config__load(scratch->path, &config, NULL), 0);
	assert_string_equal(config.cert_file, cert);
	assert_string_equal(config.key_file, "/b.key");
	assert_string_equal(config.client_ca_file, "");
	assert_int_equal(config.min_version, WEB_TLS_1_3);
	assert_int_equal(config.max_version, WEB_TLS_1_3);
	assert_int_equal(config.users_count, 2);
	assert_string_equal(config.users[0].name, "b");
	assert_string_equal(config.users[1].name, "c");
	assert_string_equal(config.users[1].hash, HASH);
	web_config__free(&config);
}

static void load_fails(struct scratch *scratch, size_t bytes, int err, const char *error)
{
	struct web_config config;
	struct errmsg why = {};
	char *text = test_malloc(bytes);

	memset(text, '#', bytes);
	store(scratch->path, text, bytes);
	assert_int_equal(web_config__load(scratch->path, &config, &why), err);
	if (err && !strstr(why.text, error))
		fail_msg("'%s', not '...%s'", why.text, error);
	web_config__free(&config);
	test_free(text);
}

static void test_size(void **state)
{
	load_fails(*state, 64 * 1024, 0, NULL);
	load_fails(*state, 64 * 1024 + 1, -EFBIG, "larger than 64 KiB");
	load_fails(*state, 1 << 20, -EFBIG, "larger than 64 KiB");
}

/* Of names and paths none is cut. */
static void test_long_values(void **state)
{
	struct scratch *scratch = *state;
	static char text[3 * PATH_MAX];
	struct web_config config;
	struct errmsg why = {};

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "tls_server_config: {key_file: ", 30);
	memcpy(text + 2 * PATH_MAX, "}", 2);
	store(scratch->path, text, strlen(text));
	assert_int_equal(web_config__load(scratch->path, &config, &why), -EINVAL);
	assert_error(&why, scratch->path, 1, "the name of the file is too long");
	memcpy(text, "basic_auth_users: {           ", 30);
	memcpy(text + 300, ": " HASH "}\n", 65);
	store(scratch->path, text, strlen(text));
	assert_int_equal(web_config__load(scratch->path, &config, &why), -EINVAL);
	assert_error(&why, scratch->path, 1, "is no name of a user");
}

static void test_no_file(void **state)
{
	struct scratch *scratch = *state;
	struct web_config config;
	struct errmsg why = {};

	assert_int_equal(web_config__load(scratch->path, &config, &why), -ENOENT);
	assert_non_null(strstr(why.text, "No such file"));
	assert_int_equal(web_config__load(scratch->dir, &config, &why), -EISDIR);
	assert_non_null(strstr(why.text, "Is a directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(rows),        SCRATCH_TEST(values),  SCRATCH_TEST(size),
		SCRATCH_TEST(long_values), SCRATCH_TEST(no_file),
	};

	return cmocka_run_group_tests_name("web_config", tests, NULL, NULL);
}
