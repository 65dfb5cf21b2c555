// SPDX-License-Identifier: GPL-2.0-only
// test_address_counts: counts per key, for both key sizes.
#include <string.h>

#include "pktgen/frames/rng.h"
#include "pktgen/truth/address_counts.h"
#include "tests/unit_test.h"

/* Key i is counted i % 5 + 1 times, in random order. */
static void check_counts(__u32 key_bytes)
{
	enum { KEYS = 50000 };
	struct permutation shuffle;
	struct address_counts counts;
	__u32 found = 0;

	address_counts__init(&counts, key_bytes);
	permutation__init(&shuffle, KEYS * 5, 1);
	for (__u32 i = 0; i < KEYS * 5; i++) {
		__u32 number = permutation__at(&shuffle, i);
		__u32 key[4] = {number % KEYS, 0, 0, number % KEYS * 7};

		if (number / KEYS <= number % KEYS % 5)
			assert_int_equal(address_counts__add(&counts, key[0] % 3, key), 0);
	}
	assert_int_equal(counts.keys, KEYS);
	for (int part = 0; part < ADDRESS_COUNTS_PARTS; part++) {
		__u32 entries = address_counts__pack(&counts, part);

		for (__u32 i = 0; i < entries; i++, found++) {
			__u32 key;

			memcpy(&key, address_counts__key(&counts, part, i), sizeof(key));
			assert_int_equal(address_counts__count(&counts, part, i), key % 5 + 1);
			assert_int_equal(key % 3, part);
		}
	}
	assert_int_equal(found, KEYS);
	address_counts__release(&counts);
}

static void test_counts(void **state)
{
	(void)state;
	check_counts(4);
	check_counts(16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests_name("address_counts", tests, NULL, NULL);
}
