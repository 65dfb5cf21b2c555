// SPDX-License-Identifier: GPL-2.0-only
// test_accept: media types and codings, as Prometheus, browsers and others ask for them.
#include "ctl/export/accept.h"
#include "tests/unit_test.h"

#define OPENMETRICS "application/openmetrics-text"

static const struct media_type openmetrics = {OPENMETRICS, "1.0.0", .only_named = true};
static const struct media_type text = {"text/plain", "0.0.4"};

static const struct {
	const char *accept;
	int openmetrics, text;
} types[] = {
	{NULL, 0, 1000},
	{"", 0, 0},
	{"*/*", 0, 1000},
	{"text/*;q=0.3", 0, 300},
	{"text/*;q=0.3,text/plain;q=0,*/*", 0, 0},
	{"text/plain;q=0.2,text/plain;version=0.0.4;q=0.9,text/*", 0, 900},
	{"application/*", 0, 0},
	{"textual/*", 0, 0},
	{"text/html,application/xhtml+xml,*/*;q=0.8", 0, 800},
	{"text/plain;version=0.0.4", 0, 1000},
	{"text/plain", 0, 1000},
	{"text/plain;version=1.0.0", 0, 0},
	{OPENMETRICS, 1000, 0},
	{"Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.5", 500, 0},
	{OPENMETRICS ";version=0.0.1", 0, 0},
	{OPENMETRICS ";version=1.0.0;q=0", 0, 0},
	{OPENMETRICS ";q=1.001", 0, 0},
	{OPENMETRICS ";q=high", 0, 0},
	{OPENMETRICS ";version=1.0.0;q=0.75," OPENMETRICS
		     ";version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.25,*/*;q=0.1",
	 750, 250},
	{OPENMETRICS ";version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;q=0.9", 600, 900},
	{"x/y;a=\"," OPENMETRICS ",\"", 0, 0},
	{";;,=,q=,", 0, 0},
	{"text/plain;q", 0, 0},
};

static void test_media_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(accept__media_type(types[i].accept, &openmetrics),
				 types[i].openmetrics);
		assert_int_equal(accept__media_type(types[i].accept, &text), types[i].text);
	}
}

static const struct {
	const char *accept_encoding;
	enum accept_coding coding;
} codings[] = {
	{NULL, CODING_IDENTITY},
	{"", CODING_IDENTITY},
	{"gzip", CODING_GZIP},
	{"X-GZIP", CODING_GZIP},
	{"gzip, deflate, br, zstd", CODING_GZIP},
	{"deflate, gzip;q=0.1", CODING_GZIP},
	{"gzip;q=0.5, identity", CODING_IDENTITY},
	{"gzip;q=0.5, identity;q=0.5", CODING_GZIP},
	{"gzip;q=0", CODING_IDENTITY},
	{"br", CODING_IDENTITY},
	{"*", CODING_GZIP},
	{"*;q=0", CODING_NONE},
	{"*;q=0, identity;q=0.1", CODING_IDENTITY},
	{"*;q=0, gzip", CODING_GZIP},
	{"identity;q=0", CODING_NONE},
	{"identity;q=0, *", CODING_GZIP},
};

static void test_coding(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++)
		assert_int_equal(accept__coding(codings[i].accept_encoding), codings[i].coding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_media_type),
		cmocka_unit_test(test_coding),
	};

	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
