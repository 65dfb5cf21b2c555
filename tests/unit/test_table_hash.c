// SPDX-License-Identifier: GPL-2.0-only
// test_table_hash: the hash that tables use, and the estimate of distinct sources from it.
#include <arpa/inet.h>

#include "common/counts/hll.h"
#include "common/replay/host_helpers.h"
#include "tests/table_world.h"
#include "tests/unit_test.h"
#include "xdp/table.bpf.h"

/* The shorter form for IPv4 sources gives the same hash. */
static void test_ipv4_sources(void **state)
{
	struct world *world = world__new(1, 1, 1, 21);
	__u64 part = hash__ipv4_part(&world->config);

	(void)state;
	for (__u32 i = 0; i < 100000; i++) {
		struct endpoint source = {.address[0] = world__random(world),
					  .family = ENDPOINT_IPV4};

		assert_int_equal(ipv4_source__hash(&world->config, part, source.address[0]),
				 endpoint__hash(&world->config, &source));
	}
	world__free(world);
}

static void test_distinct(void **state)
{
	static const __u32 sources[] = {10, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct world *world = world__new(1, 64, 500, 31 + i);
		double estimate;

		for (__u32 number = 0; number < sources[i]; number++)
			world__count(world, 0, number);
		world__settle(world);
		estimate = hll__estimate(world->counters[0].distinct);
		if (estimate < 0.97 * sources[i] || estimate > 1.03 * sources[i])
			fail_msg("%u sources are estimated as %.1f", sources[i], estimate);
		world__free(world);
	}
}

/* Millions of distinct hashes, without the memory for a table. */
static void test_distinct_millions(void **state)
{
	struct world *world = world__new(1, 1, 1, 13);
	static const __u32 sources[] = {0, 1, 10, 1000, 1000000, 10000000};
	__u32 number = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		double estimate;

		for (; number < sources[i]; number++) {
			struct endpoint source = world__source(number);

			hll__add(world->counters[0].distinct,
				 endpoint__hash(&world->config, &source));
		}
		estimate = hll__estimate(world->counters[0].distinct);
		if (estimate < 0.97 * sources[i] - 0.5 || estimate > 1.03 * sources[i] + 0.5)
			fail_msg("%u sources are estimated as %.1f", sources[i], estimate);
	}
	world__free(world);
}

/* Neighbouring addresses do not collide more often than random ones: 16 per set on average. */
static void test_neighbours_spread(void **state)
{
	struct world *world = world__new(1, 4096, 100, 3);

	(void)state;
	for (__u32 stride = 1; stride; stride <<= 4) {
		__u8 per_set[4096] = {};

		for (__u32 i = 0; i < 65536; i++) {
			struct endpoint source = {.family = ENDPOINT_IPV4};
			__u32 set;

			source.address[0] = htonl(i * stride + (i * (__u64)stride >> 32));
			set = hash__scale(endpoint__hash(&world->config, &source), 4096);
			if (stride < 1 << 16 && ++per_set[set] > 48)
				fail_msg("stride %u: more than 48 in set %u", stride, set);
		}
	}
	world__free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_sources),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_distinct_millions),
		cmocka_unit_test(test_neighbours_spread),
	};

	return cmocka_run_group_tests_name("table_hash", tests, NULL, NULL);
}
