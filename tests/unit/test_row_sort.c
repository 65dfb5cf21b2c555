// SPDX-License-Identifier: GPL-2.0-only
// test_row_sort: the rows of a tally are found by their endpoint, and sorted like by comparison.
#include "common/counts/row_sort.h"

#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/counts/row_index.h"
#include "common/counts/tally.h"
#include "tests/unit_test.h"

static __u64 random_state = 1;

static __u64 random_number(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return random_state >> 20;
}

/* Every part of the order varies, and every part has ties. */
static void make_row(struct tally_row *row)
{
	*row = (struct tally_row){.endpoint.family =
					  random_number() % 2 ? ENDPOINT_IPV6 : ENDPOINT_IPV4};
	for (int word = 0; word < (row->endpoint.family == ENDPOINT_IPV4 ? 1 : 4); word++)
		row->endpoint.address[word] = random_number() % 3 ? random_number() : 7;
	row->endpoint.port = random_number() % 2 ? random_number() : 0;
	row->at_least = random_number() % 4;
	if (!row->at_least)
		row->at_least = random_number() << (random_number() % 24);
	row->at_most = random_number();
}

static int expected_order(const struct tally_row *left, const struct tally_row *right)
{
	if (left->at_least != right->at_least)
		return left->at_least > right->at_least ? -1 : 1;
	return endpoint__compare(&left->endpoint, &right->endpoint);
}

static __u64 digest(const struct tally *tally)
{
	__u64 sum = 0;

	for (size_t i = 0; i < tally->count; i++)
		sum += tally->rows[i].at_least ^ tally->rows[i].at_most * 3 ^
		       tally->rows[i].endpoint.address[0] * 5ull;
	return sum;
}

static void check_sort(size_t count)
{
	struct tally tally = {.count = count, .rows = calloc(count + 1, sizeof(*tally.rows))};
	__u64 before;

	assert_non_null(tally.rows);
	for (size_t i = 0; i < count; i++)
		make_row(&tally.rows[i]);
	before = digest(&tally);
	tally__sort(&tally);
	for (size_t i = 1; i < count; i++)
		assert_true(expected_order(&tally.rows[i - 1], &tally.rows[i]) <= 0);
	assert_int_equal(digest(&tally), before);
	tally__free(&tally);
}

static void test_sort(void **state)
{
	(void)state;
	for (size_t count = 0; count < 5; count++)
		check_sort(count);
	check_sort(1024);
	check_sort(1025);
	check_sort(30000);
	check_sort(120000); /* above the size of a huge page */
}

/* Nothing differs, or only one byte does. */
static void test_sort_equal(void **state)
{
	struct tally tally = {.count = 2000, .rows = calloc(2000, sizeof(*tally.rows))};

	(void)state;
	assert_non_null(tally.rows);
	tally__sort(&tally);
	for (size_t i = 0; i < tally.count; i++)
		tally.rows[i].at_least = (__u64)(i % 2) << 63;
	tally__sort(&tally);
	for (size_t i = 0; i < tally.count; i++)
		assert_int_equal(tally.rows[i].at_least, i < 1000 ? 1ull << 63 : 0);
	tally__free(&tally);
}

#define SOURCES 5000

static struct endpoint source(__u32 number)
{
	return (struct endpoint){.address = {number}, .family = ENDPOINT_IPV4};
}

/* Finds each row again, however often the index has grown. */
static void check_index(size_t capacity)
{
	struct row_index index;

	assert_true(row_index__start(&index, capacity));
	for (__u32 i = 0; i < 3 * SOURCES; i++) {
		const struct endpoint key = source(i % SOURCES);
		struct tally_row *row = row_index__row(&index, &key);

		assert_non_null(row);
		assert_memory_equal(&row->endpoint, &key, sizeof(key));
		assert_int_equal(row->at_least, i / SOURCES * (i % SOURCES));
		row->at_least += i % SOURCES;
	}
	assert_int_equal(index.count, SOURCES);
	if (capacity >= SOURCES)
		assert_int_equal(index.capacity, capacity);
	free(row_index__take_rows(&index));
}

static void test_index(void **state)
{
	(void)state;
	check_index(0);
	check_index(1);
	check_index(777);
	check_index(SOURCES);
	check_index(1 << 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_equal),
		cmocka_unit_test(test_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
