// SPDX-License-Identifier: GPL-2.0-only
// test_table_exact: with N sources in a table for N, every count is exact, whatever the order.
#include "tests/table_world.h"
#include "tests/unit_test.h"

#define MAX_CPUS 3
#define MAX_PLACES 24

/* A table for @places sources that all share one set, and that all have sent a SYN. */
static struct world *full_world(__u32 cpus, __u32 places, __u64 seed)
{
	struct world *world = world__new(cpus, 1, places, seed);

	world->table = seed % 2 ? TABLE_VICTIMS : TABLE_SOURCES;
	for (__u32 number = 0; number < places; number++)
		world__count(world, world__random(world) % cpus, number);
	return world;
}

static void finish(struct world *world, const char *order, __u32 places)
{
	if (!world__check(world, NULL))
		fail_msg("%s: %u sources on %u CPUs are not exact", order, places, world->cpus);
	world__settle(world);
	assert_true(world__check(world, NULL));
	world__free(world);
}

/* Each source in turn becomes the heaviest: the next one evicts the lightest. */
static void test_each_heaviest_in_turn(void **state)
{
	(void)state;
	for (__u32 cpus = 1; cpus <= MAX_CPUS; cpus++)
		for (__u32 places = 1; places <= MAX_PLACES; places++) {
			struct world *world = full_world(cpus, places, 17 * places + cpus);

			for (__u32 number = 0; number < places; number++)
				for (__u32 i = 0; i < 8 * (number + 1); i++)
					world__count(world, i % cpus, number);
			finish(world, "each heaviest in turn", places);
		}
}

/* Every SYN evicts: each source has been evicted since its last SYN. */
static void test_every_syn_evicts(void **state)
{
	(void)state;
	for (__u32 cpus = 1; cpus <= MAX_CPUS; cpus++)
		for (__u32 places = 1; places <= MAX_PLACES; places++) {
			struct world *world = full_world(cpus, places, 31 * places + cpus);

			for (__u32 i = 0; i < 40 * places; i++)
				world__count(world, i / places % cpus, i % places);
			for (__u32 i = 0; i < 40 * places; i++)
				world__count(world, i % cpus, places - 1 - i % places);
			finish(world, "every SYN evicts", places);
		}
}

/* The first three in all orders; as many sources as places, the heavy ones first. */
static void test_all_orders(void **state)
{
	enum { PLACES = 18, FIRST_PICKS = PLACES * (PLACES - 1) * (PLACES - 2) };

	(void)state;
	for (__u32 order = 0; order < FIRST_PICKS; order++) {
		struct world *world = world__new(1 + order % 2, 1, PLACES, 1 + order);
		__u32 left[PLACES], rest = order;

		for (__u32 i = 0; i < PLACES; i++)
			left[i] = i;
		for (__u32 count = PLACES; count; count--) {
			__u32 pick = rest % count, number = left[pick];

			rest /= count;
			left[pick] = left[count - 1];
			for (__u32 i = 0; i <= count; i++)
				world__count(world, i % world->cpus, number);
		}
		finish(world, "all orders", PLACES);
	}
}

static void test_random_orders(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 2000; i++) {
		__u32 cpus = 1 + i % MAX_CPUS, places = 1 + i % MAX_PLACES;
		struct world *world = full_world(cpus, places, 1000 + i);

		for (__u32 burst = 0; burst < 60; burst++) {
			__u32 number = world__random(world) % places;
			__u32 cpu = world__random(world) % cpus;

			for (__u32 syns = world__random(world) % 20; syns; syns--)
				world__count(world, cpu, number);
		}
		finish(world, "random orders", places);
	}
}

/* More sources than the set and the back tier have entries: no longer exact, but within bounds. */
static void test_too_many(void **state)
{
	enum { PLACES = 12, SOURCES = 40 };
	struct world *world = full_world(1, PLACES, 5);

	(void)state;
	for (__u32 i = 0; i < 100 * SOURCES; i++)
		world__count(world, 0, i % SOURCES);
	assert_false(world__check(world, NULL));
	world__free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_heaviest_in_turn),
		cmocka_unit_test(test_every_syn_evicts),
		cmocka_unit_test(test_all_orders),
		cmocka_unit_test(test_random_orders),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests_name("table_exact", tests, NULL, NULL);
}
