// SPDX-License-Identifier: GPL-2.0-only
// scratch: a temporary directory for each test.
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "tests/unit_test.h"

struct scratch {
	char dir[64];
	char path[96]; /* of a file in it; scratch__name() changes it */
};

/** scratch__setup() - cmocka setup: *@state is a struct scratch. Return: 0 or -1. */
int scratch__setup(void **state);

/** scratch__teardown() - cmocka teardown: remove the directory with its files. Return: 0. */
int scratch__teardown(void **state);

/* A row for cmocka: test_NAME with a struct scratch. */
#define SCRATCH_TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, scratch__setup, scratch__teardown)

/** scratch__name() - set the path to a file called @name. Return: the path. */
const char *scratch__name(struct scratch *scratch, const char *name);

/** store() - create a file with these bytes. */
void store(const char *path, const void *data, size_t bytes);

#endif
