// SPDX-License-Identifier: GPL-2.0-only
// test_source_view: sources aggregated by prefix and filtered by network.
#include "common/counts/source_view.h"
#include "tests/tally_rows.h"

static void test_aggregate(void **state)
{
	struct tally_row rows[] = {row_of("10.0.0.1", 5, 6), row_of("10.0.1.1", 4, 4),
				   row_of("2001:db8:0:1::1", 3, 3), row_of("10.0.0.200", 2, 3),
				   row_of("2001:db8:0:1:8000::", 1, 1)};
	struct tally tally = {.rows = rows, .count = COUNT_OF(rows), .attributed = 15};
	struct source_view view = {};
	char text[SOURCE_VIEW_TEXT_BYTES];

	(void)state;
	assert_int_equal(source_view__set_prefixes(&view, "-a", "24/64", NULL), 0);
	source_view__apply(&view, &tally);
	assert_int_equal(tally.count, 3);
	assert_int_equal(tally.rows[0].at_least, 7);
	assert_int_equal(tally.rows[0].at_most, 9);
	assert_string_equal(source_view__text(&view, &tally.rows[0].endpoint, text), "10.0.0.0/24");
	assert_string_equal(source_view__text(&view, &tally.rows[2].endpoint, text),
			    "2001:db8:0:1::/64");
	assert_int_equal(source_view__set_network(&view, "--cidr", "10.0.1.0/24", NULL), 0);
	source_view__apply(&view, &tally);
	assert_int_equal(tally.count, 1);
	assert_int_equal(tally.attributed, 4);
}

static void test_refused(void **state)
{
	/* The last one would be 0/0 if it were cut to the length of an address. */
	static const char *const prefixes[] = {
		"24",
		"24/",
		"/64",
		"33/64",
		"24/129",
		"24/64/1",
		"000000000000000000000000000000000000000000000000000000000000;/0"};
	static const char *const networks[] = {"",          "10.0.0.0/33", "10.0.0.1/24",
					       "10.0.0/24", "::/129",      "2001:db8::1/64",
					       "10.0.0.0/"};
	struct source_view view = {};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		assert_int_not_equal(source_view__set_prefixes(&view, "-a", prefixes[i], NULL), 0);
	for (size_t i = 0; i < COUNT_OF(networks); i++)
		assert_int_not_equal(source_view__set_network(&view, "-c", networks[i], NULL), 0);
	assert_false(view.aggregates);
	assert_int_equal(source_view__set_network(&view, "-c", "0.0.0.0/0", NULL), 0);
	assert_int_equal(source_view__set_network(&view, "-c", "2001:db8::1", NULL), 0);
	assert_int_equal(view.cidr.bits, 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aggregate),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("source_view", tests, NULL, NULL);
}
