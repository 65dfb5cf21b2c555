// SPDX-License-Identifier: GPL-2.0-only
// test_timed_prefixes: what is listed by hand is kept, replaced, ended and read again.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/timed_prefixes.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

static struct timed_prefix entry_of(const char *prefix, bool allow, __u64 until_ns)
{
	struct timed_prefix entry = {.allow = allow, .since_ns = 5, .until_ns = until_ns};

	assert_int_equal(prefix__parse("prefix", prefix, &entry.prefix, NULL), 0);
	return entry;
}

static void set(struct timed_prefixes *list, const char *prefix, bool allow, __u64 until_ns)
{
	struct timed_prefix entry = entry_of(prefix, allow, until_ns);

	snprintf(entry.reason, sizeof(entry.reason), "\"%s\": \\ \t \xc3\xa9", prefix);
	assert_int_equal(timed_prefixes__set(list, &entry), 0);
}

static void test_set(void **state)
{
	struct timed_prefixes list = {};
	struct timed_prefix other = entry_of("192.0.2.0/25", false, 0);
	struct timed_prefix same = entry_of("192.0.2.0/24", false, 0);

	(void)state;
	set(&list, "192.0.2.0/24", false, 0);
	set(&list, "192.0.2.0/24", true, 9);
	assert_int_equal(list.count, 1);
	assert_true(list.prefixes[0].allow);
	assert_null(timed_prefixes__find(&list, &other.prefix));
	assert_false(timed_prefixes__remove(&list, &other.prefix));
	assert_true(timed_prefixes__remove(&list, &same.prefix));
	assert_int_equal(list.count, 0);
	timed_prefixes__free(&list);
}

static void test_expire(void **state)
{
	struct timed_prefixes list = {};

	(void)state;
	set(&list, "192.0.2.1", false, 10);
	set(&list, "192.0.2.2", false, 0);
	set(&list, "192.0.2.3", false, 11);
	timed_prefixes__expire(&list, 10);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.prefixes[1].until_ns, 11);
	timed_prefixes__free(&list);
}

static void save(const char *path, const struct timed_prefixes *list)
{
	FILE *out = fopen(path, "w");

	timed_prefixes__print(out, list);
	fclose(out);
}

static void test_file(void **state)
{
	struct scratch *scratch = *state;
	struct timed_prefixes list = {}, again;
	struct errmsg why = {};

	assert_int_equal(timed_prefixes__read(scratch->path, &again, &why), 0);
	assert_int_equal(again.count, 0);
	save(scratch->path, &list);
	assert_int_equal(timed_prefixes__read(scratch->path, &again, &why), 0);
	assert_int_equal(again.count, 0);
	set(&list, "192.0.2.0/24", false, 1700000000123456789ull);
	set(&list, "2001:db8::/32", true, 0);
	save(scratch->path, &list);
	if (timed_prefixes__read(scratch->path, &again, &why))
		fail_msg("%s", why.text);
	assert_int_equal(again.count, 2);
	assert_memory_equal(again.prefixes, list.prefixes, 2 * sizeof(*list.prefixes));
	timed_prefixes__free(&again);
	timed_prefixes__free(&list);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"{}", "[{verdict: deny}]", "[{prefix: 10.0.0.1/8}]",
					    "[{prefix: 10.0.0.0/8, verdict: drop}]",
					    "[{prefix: 10.0.0.0/8, until_ns: -1}]"};
	struct scratch *scratch = *state;
	struct timed_prefixes list;
	struct errmsg why;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		why = (struct errmsg){};
		store(scratch->path, texts[i], strlen(texts[i]));
		assert_int_equal(timed_prefixes__read(scratch->path, &list, &why), -EINVAL);
		assert_non_null(strstr(why.text, ":1:"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_expire),
		SCRATCH_TEST(file),
		SCRATCH_TEST(refused),
	};

	return cmocka_run_group_tests_name("timed_prefixes", tests, NULL, NULL);
}
