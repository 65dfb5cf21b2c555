// SPDX-License-Identifier: GPL-2.0-only
// test_endpoint_index: rows are found by their endpoint, also while more are added and they move.
#include <stdlib.h>

#include "common/address/endpoint_index.h"
#include "tests/unit_test.h"

#define ROWS 5000

struct row {
	struct endpoint key;
	int value;
};

static struct endpoint endpoint_of(int number)
{
	return (struct endpoint){.family = ENDPOINT_IPV4, .address[0] = number * 2654435761u};
}

static void test_added(void **state)
{
	struct endpoint_index index;
	struct row *rows = NULL;

	(void)state;
	assert_int_equal(endpoint_index__build(&index, NULL, sizeof(*rows), 0), 0);
	for (int i = 0; i < ROWS; i++) {
		struct row *moved = malloc((i + 1) * sizeof(*moved)); /* not realloc: it moves */
		struct endpoint key = endpoint_of(i);

		assert_non_null(moved);
		for (int j = 0; j < i; j++)
			moved[j] = rows[j];
		free(rows);
		rows = moved;
		assert_int_equal(endpoint_index__find(&index, &key, ROWS), ROWS);
		rows[i] = (struct row){.key = key, .value = i};
		assert_int_equal(endpoint_index__add(&index, rows), 0);
	}
	for (int i = 0; i < ROWS; i++) {
		struct endpoint key = endpoint_of(i);

		assert_int_equal(endpoint_index__find(&index, &key, ROWS), i);
	}
	endpoint_index__free(&index);
	free(rows);
}

static void test_built(void **state)
{
	struct row rows[3] = {{endpoint_of(7), 0}, {endpoint_of(8), 1}, {endpoint_of(9), 2}};
	struct endpoint absent = endpoint_of(10);
	struct endpoint_index index;

	(void)state;
	assert_int_equal(endpoint_index__build(&index, rows, sizeof(rows[0]), 3), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(endpoint_index__find(&index, &rows[i].key, 99), i);
	assert_int_equal(endpoint_index__find(&index, &absent, 99), 99);
	endpoint_index__free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built),
		cmocka_unit_test(test_added),
	};

	return cmocka_run_group_tests_name("endpoint_index", tests, NULL, NULL);
}
