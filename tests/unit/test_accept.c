// SPDX-License-Identifier: GPL-2.0-only
// test_accept: media types in Accept headers, as Prometheus, browsers and others send them.
#include "ctl/export/accept.h"
#include "tests/unit_test.h"

#define OPENMETRICS "application/openmetrics-text"

static const struct {
	const char *accept;
	int openmetrics, text;
} rows[] = {
	{NULL, 0, 0},
	{"", 0, 0},
	{"*/*", 0, 0},
	{"text/html,application/xhtml+xml,*/*;q=0.8", 0, 0},
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

static void test_quality(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(accept__quality(rows[i].accept, OPENMETRICS, "1.0.0"),
				 rows[i].openmetrics);
		assert_int_equal(accept__quality(rows[i].accept, "text/plain", "0.0.4"),
				 rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quality),
	};

	return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
