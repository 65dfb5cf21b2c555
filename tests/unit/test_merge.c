// SPDX-License-Identifier: GPL-2.0-only
// test_merge: an endpoint's counts and bounds over the tables of several interfaces.
#include "common/counts/merge.h"
#include "tests/tally_rows.h"

static struct endpoint_count count_of(const char *address, __u64 at_least, __u64 at_most,
				      double syns_pps)
{
	struct tally_row row = row_of(address, at_least, at_most);

	return (struct endpoint_count){
		.endpoint = row.endpoint,
		.at_least = at_least,
		.at_most = at_most,
		.syns_pps = syns_pps,
	};
}

static void assert_heaviest(struct merge *merge, enum source_order order, const char *address,
			    __u64 at_least, __u64 at_most)
{
	struct endpoint_count heaviest = merge__heaviest(merge, order);
	char text[ENDPOINT_TEXT_BYTES];

	assert_string_equal(endpoint__text(&heaviest.endpoint, text), address);
	assert_int_equal(heaviest.at_least, at_least);
	assert_int_equal(heaviest.at_most, at_most);
}

/* 192.0.2.2 leads on no interface, and over all of them. The second one has not listed 192.0.2.1.
 */
static void test_bounds_add(void **state)
{
	const struct endpoint_count first[] = {count_of("192.0.2.1", 10, 12, 0),
					       count_of("192.0.2.2", 9, 9, 5)};
	const struct endpoint_count second[] = {count_of("192.0.2.3", 11, 11, 0),
						count_of("192.0.2.2", 8, 10, 7)};
	struct merge merge = {};

	(void)state;
	assert_int_equal(merge__add(&merge, first, 2, 3), 0);
	assert_heaviest(&merge, ORDER_BY_TOTAL, "192.0.2.1", 10, 12);
	assert_int_equal(merge__add(&merge, second, 2, 100), 0);
	assert_heaviest(&merge, ORDER_BY_TOTAL, "192.0.2.2", 17, 19);
	assert_true(merge__heaviest(&merge, ORDER_BY_RATE).syns_pps == 12);
	assert_int_equal(merge.unlisted_at_most, 103);
	/* A table without rows still has its bound. */
	assert_int_equal(merge__add(&merge, NULL, 0, 1000), 0);
	assert_heaviest(&merge, ORDER_BY_TOTAL, "192.0.2.2", 17, 1019);
	merge__free(&merge);
}

static void test_order(void **state)
{
	const struct endpoint_count rows[] = {count_of("192.0.2.1", 100, 100, 1),
					      count_of("2001:db8::1", 5, 5, 50),
					      count_of("192.0.2.9", 5, 5, 50)};
	struct merge merge = {};

	(void)state;
	assert_int_equal(merge__add(&merge, rows, 3, 0), 0);
	assert_heaviest(&merge, ORDER_BY_TOTAL, "192.0.2.1", 100, 100);
	assert_heaviest(&merge, ORDER_BY_RATE, "192.0.2.9", 5, 5);
	merge__free(&merge);
}

static void test_ports_differ(void **state)
{
	struct endpoint_count rows[] = {count_of("192.0.2.1", 4, 4, 0),
					count_of("192.0.2.1", 5, 5, 0)};
	struct merge merge = {};

	(void)state;
	rows[0].endpoint.port = 80;
	assert_int_equal(merge__add(&merge, rows, 2, 0), 0);
	assert_heaviest(&merge, ORDER_BY_TOTAL, "192.0.2.1", 5, 5);
	merge__free(&merge);
}

static void test_nothing(void **state)
{
	struct merge merge = {};

	(void)state;
	assert_int_equal(merge__heaviest(&merge, ORDER_BY_RATE).endpoint.family, 0);
	merge__free(&merge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_add),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ports_differ),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
