// SPDX-License-Identifier: GPL-2.0-only
// test_table_lockless: the back tier without locks, with several concurrent writers.
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/counts/tally.h"
#include "common/replay/host_helpers.h"
#include "pktgen/frames/rng.h"
#include "tests/unit_test.h"
#include "xdp/table.bpf.h"

#define WRITERS 4
#define MAX_SOURCES 10000

struct back {
	struct table_config config;
	struct host_array buckets;
};

static struct back make_back(__u64 seed)
{
	struct back back = {
		.config = {.max_endpoints = MAX_SOURCES,
			   .buckets = 2 * MAX_SOURCES / BUCKET_WAYS + 2},
		.buckets.value_bytes = sizeof(struct table_bucket),
	};
	size_t bytes = back.config.buckets * sizeof(struct table_bucket);
	struct rng rng;

	rng__seed(&rng, seed, 0);
	for (int i = 0; i < TABLE_SEEDS; i++)
		back.config.seeds[i] = rng__next(&rng);
	back.buckets.max_entries = back.config.buckets;
	back.buckets.values = aligned_alloc(64, bytes);
	assert_non_null(back.buckets.values);
	memset(back.buckets.values, 0, bytes);
	return back;
}

static struct tally read_back(const struct back *back)
{
	const struct tally_memory memory = {.config = back->config, .back = back->buckets.values};
	struct tally tally;

	assert_int_equal(tally__read(&memory, &tally), 0);
	return tally;
}

/* How often each writer counts a source. */
static __u32 times(__u32 number)
{
	return number % 10 + 1;
}

struct writer {
	struct back *back;
	pthread_t thread;
	__u32 sources;
	__u64 lost;
};

static void *count_all(void *argument)
{
	struct writer *writer = argument;
	struct back *back = writer->back;

	for (__u32 number = 0; number < writer->sources; number++) {
		const struct endpoint source = {.family = ENDPOINT_IPV4,
						.address[0] = htonl(number)};

		for (__u32 i = 0; i < times(number); i++)
			writer->lost +=
				!back__add_lockless(&back->config, &back->buckets, &source, 1);
	}
	return NULL;
}

/* Returns the number of SYNs lost, over all writers. */
static __u64 write_from_all(struct back *back, __u32 sources)
{
	struct writer writers[WRITERS];
	__u64 lost = 0;

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.back = back, .sources = sources};
		assert_int_equal(pthread_create(&writers[i].thread, NULL, count_all, &writers[i]),
				 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		lost += writers[i].lost;
	}
	return lost;
}

/*
 * Concurrent writers lose nothing while sources fit, even if each writer inserts its own entry per
 * source; beyond that, every loss is reported.
 */
static void test_lockless(void **state)
{
	static const __u32 sources[] = {100, MAX_SOURCES / WRITERS, 60000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		struct back back = make_back(99 + i);
		__u64 lost = write_from_all(&back, sources[i]), total = 0;
		struct tally tally = read_back(&back);

		for (__u32 number = 0; number < sources[i]; number++)
			total += WRITERS * times(number);
		for (size_t row = 0; row < tally.count; row++) {
			__u32 number = ntohl(tally.rows[row].endpoint.address[0]);
			__u64 truth = WRITERS * times(number);

			assert_in_range(tally.rows[row].at_least, truth > lost ? truth - lost : 0,
					truth);
		}
		assert_int_equal(tally.attributed + lost, total);
		assert_int_equal(lost == 0, sources[i] * WRITERS <= MAX_SOURCES);
		tally__free(&tally);
		free(back.buckets.values);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lockless),
	};

	return cmocka_run_group_tests_name("table_lockless", tests, NULL, NULL);
}
