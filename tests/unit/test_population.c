// SPDX-License-Identifier: GPL-2.0-only
// test_population: addresses of senders, and ports of receivers.
#include <endian.h>

#include "pktgen/frames/population.h"
#include "tests/unit_test.h"

/* Unicast addresses only, of the requested families. */
static void test_population(void **state)
{
	struct population population;
	struct address address, other;

	(void)state;
	population__init(&population, FAMILY_IPV4, 1);
	for (__u32 i = 0; i < 100000; i++) {
		__u32 first_octet;

		population__at(&population, i * 37, &address);
		first_octet = be32toh(address.words[0]) >> 24;
		assert_false(address.is_ipv6);
		assert_in_range(first_octet, 1, 223);
		assert_int_not_equal(first_octet, 127);
	}
	population__at(&population, POPULATION_MAX - 1, &address);
	assert_in_range(be32toh(address.words[0]) >> 24, 1, 223);
	population__init(&population, FAMILY_DUAL, 1);
	population__at(&population, 0, &address);
	population__at(&population, 1, &other);
	assert_false(address.is_ipv6);
	assert_true(other.is_ipv6);
	assert_int_equal(be32toh(other.words[0]), 0x20010db8);
}

static void test_ports(void **state)
{
	const struct ports ports = {.ranges = 3, .range = {{80, 80}, {443, 443}, {8000, 8009}}};
	struct rng rng;

	(void)state;
	assert_int_equal(ports__count(&ports), 12);
	assert_int_equal(ports__at(&ports, 0), 80);
	assert_int_equal(ports__at(&ports, 1), 443);
	assert_int_equal(ports__at(&ports, 2), 8000);
	assert_int_equal(ports__at(&ports, 11), 8009);
	rng__seed(&rng, 1, 0);
	for (int i = 0; i < 1000; i++)
		assert_in_range(ports__pick(&ports, &rng), 80, 8009);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_population),
		cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests_name("population", tests, NULL, NULL);
}
