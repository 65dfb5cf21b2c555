// SPDX-License-Identifier: GPL-2.0-only
// test_output_file: files that appear under their name only once they are complete.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/base/output_file.h"
#include "tests/scratch.h"

static void test_appears_when_complete(void **state)
{
	const char *path = scratch__name(*state, "a.pcapng");
	struct output *output;
	struct errmsg why = {};

	assert_int_equal(output__begin(path, &output, &why), 0);
	assert_string_not_equal(output__path(output), path);
	assert_string_equal(strrchr(output__path(output), '.'), ".pcapng");
	store(output__path(output), "half", 4);
	errmsg__set(&why, -EIO, "%s: cannot write", output__path(output));
	output__explain(output, &why);
	assert_non_null(strstr(why.text, path));
	assert_null(strstr(why.text, "partial"));
	output__close(output);
	assert_int_not_equal(access(path, F_OK), 0);

	assert_int_equal(output__begin(path, &output, &why), 0);
	store(output__path(output), "whole", 5);
	assert_int_equal(output__commit(output, &why), 0);
	output__close(output);
	assert_int_equal(access(path, F_OK), 0);
}

static void test_devices_and_missing_directories(void **state)
{
	struct output *output;
	struct errmsg why = {};

	(void)state;
	assert_int_equal(output__begin("/dev/null", &output, &why), 0);
	assert_string_equal(output__path(output), "/dev/null");
	output__close(output);
	assert_int_equal(access("/dev/null", F_OK), 0);
	assert_int_equal(output__begin("/nonexistent/file", &output, &why), -ENOENT);
	assert_non_null(strstr(why.text, "/nonexistent/file"));
	output__close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(appears_when_complete),
		cmocka_unit_test(test_devices_and_missing_directories),
	};

	return cmocka_run_group_tests_name("output_file", tests, NULL, NULL);
}
