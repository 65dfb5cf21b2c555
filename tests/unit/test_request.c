// SPDX-License-Identifier: GPL-2.0-only
// test_request: requests as RFC 9110 and RFC 9112 have them, and the names that they may use.
#include <string.h>

#include "ctl/export/hosts.h"
#include "ctl/export/request.h"
#include "tests/unit_test.h"

#define GET "GET", "/metrics", "HTTP/1.1"
#define MAX_FIELDS 3

static const struct {
	const char *method, *target, *version;
	const char *fields[MAX_FIELDS][2];
	unsigned int status; /* 0: it is answered */
	const char *host, *path;
} rows[] = {
	{GET, {{"Host", "localhost"}}, 0, "localhost", "/metrics"},
	{"HEAD", "/", "HTTP/1.1", {{"hOST", "[2001:db8::1]:9477"}}, 0, "2001:db8::1", "/"},
	{"GET", "/", "HTTP/1.0", {}, 0, "", "/"},
	{GET, {{"Host", ""}}, 0, "", "/metrics"},
	{GET, {{"Host", "name:"}}, 0, "name", "/metrics"},
	{GET, {{"Host", "a"}, {"X", "\xe9\ttext"}}, 0, "a", "/metrics"},
	/* Targets. */
	{"GET", "/%6detrics", "HTTP/1.1", {{"Host", "a"}}, 0, "a", "/metrics"},
	{"GET", "http://b:80/metrics", "HTTP/1.1", {{"Host", "a"}}, 0, "b", "/metrics"},
	{"GET", "HTTPS://[::1]", "HTTP/1.1", {{"Host", "a"}}, 0, "::1", "/"},
	{"GET", "http://b/", "HTTP/1.1", {}, 400},
	{"GET", "http:///metrics", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "ftp://b/", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "metrics", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "*", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/metrics%00", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/%", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/%4", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/%g0", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/a b", "HTTP/1.1", {{"Host", "a"}}, 400},
	{"GET", "/a#b", "HTTP/1.1", {{"Host", "a"}}, 400},
	/* Methods. */
	{"POST", "/", "HTTP/1.1", {{"Host", "a"}}, 405},
	{"OPTIONS", "*", "HTTP/1.1", {{"Host", "a"}}, 405},
	{"CONNECT", "a:1", "HTTP/1.1", {{"Host", "a"}}, 405},
	{"get", "/", "HTTP/1.1", {{"Host", "a"}}, 501},
	{"BREW", "/", "HTTP/1.1", {}, 501},
	/* Host. */
	{GET, {}, 400},
	{GET, {{"Host", "a"}, {"host", "a"}}, 400},
	{"GET", "/", "HTTP/1.0", {{"Host", "a"}, {"Host", "b"}}, 400},
	{GET, {{"Host", "a b"}}, 400},
	{GET, {{"Host", "user@a"}}, 400},
	{GET, {{"Host", "a/b"}}, 400},
	{GET, {{"Host", "::1"}}, 400},
	{GET, {{"Host", "[::1"}}, 400},
	{GET, {{"Host", "[::1]x"}}, 400},
	{GET, {{"Host", "["}}, 400},
	{GET, {{"Host", "a:b"}}, 400},
	{GET, {{"Host", "a:65536"}}, 400},
	{GET, {{"Host", "a:000000000000080"}}, 400},
	/* Fields. */
	{GET, {{"Host ", "a"}}, 400},
	{GET, {{"Host", "a"}, {"", "b"}}, 400},
	{GET, {{"Host", "a"}, {"X", "a\rb"}}, 400},
	/* Content. */
	{GET, {{"Host", "a"}, {"Content-Length", "65536"}}, 0, "a", "/metrics"},
	{GET, {{"Host", "a"}, {"Content-Length", "65537"}}, 413},
	{GET, {{"Host", "a"}, {"Content-Length", "-1"}}, 400},
	{GET, {{"Host", "a"}, {"Content-Length", "1, 1"}}, 400},
	{GET, {{"Host", "a"}, {"Content-Length", "1"}, {"Content-Length", "1"}}, 400},
	{GET, {{"Host", "a"}, {"Transfer-Encoding", "Chunked"}}, 0, "a", "/metrics"},
	{GET, {{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}, 501},
	{GET, {{"Host", "a"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}}, 400},
	{"GET", "/", "HTTP/1.0", {{"Transfer-Encoding", "chunked"}}, 400},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request_head head = {.method = rows[i].method,
					    .target = rows[i].target,
					    .version = rows[i].version};
		const struct refusal *refusal;
		struct request request;

		for (int j = 0; j < MAX_FIELDS && rows[i].fields[j][0]; j++)
			request__add_field(&head, rows[i].fields[j][0],
					   strlen(rows[i].fields[j][0]), rows[i].fields[j][1],
					   strlen(rows[i].fields[j][1]));
		refusal = request__parse(&head, &request);
		assert_int_equal(refusal ? refusal->status : 0, rows[i].status);
		if (refusal)
			continue;
		assert_string_equal(request.host, rows[i].host);
		assert_string_equal(request.path, rows[i].path);
	}
}

/* What does not fit is refused, or names no document. */
static void test_long(void **state)
{
	char text[1000] = "/";
	struct request_head head = {.method = "GET", .target = text, .version = "HTTP/1.0"};
	struct request request;

	(void)state;
	memset(text + 1, 'a', sizeof(text) - 2);
	assert_null(request__parse(&head, &request));
	assert_int_equal(strlen(request.path), sizeof(request.path) - 1);
	request__add_field(&head, "Host", 4, text + 1, sizeof(text) - 2);
	assert_int_equal(request__parse(&head, &request)->status, 400);
}

static const struct {
	const char *host;
	bool allowed;
} hosts[] = {
	{"localhost", true},
	{"LOCALHOST.", true},
	{"127.0.0.1", true},
	{"192.0.2.1", true},
	{"::1", true},
	{"2001:db8::1", true},
	{"gw.example", true},
	{"GW.Example.", true},
	{"other", true},
	{"", false},
	{".", false},
	{"evil.example", false},
	{"127.1", false},
	{"0x7f.1", false},
	{"gw.example.evil", false},
	{"w.example", false},
	{"fe80::1%eth0", false},
	{"127.0.0.1.evil", false},
	{"localhost.evil", false},
};

static void test_hosts(void **state)
{
	static const char *const names[] = {"gw.example", "other."};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(hosts__allows(hosts[i].host, names, 2), hosts[i].allowed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_hosts),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
