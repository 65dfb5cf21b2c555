// SPDX-License-Identifier: GPL-2.0-only
// test_ranges: the decision for an address, against the longest of all prefixes that contain it.
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/ranges.h"
#include "common/replay/host_helpers.h"
#include "pktgen/frames/rng.h"
#include "tests/unit_test.h"
#include "xdp/ranges.bpf.h"

struct list {
	struct ranges_item *items;
	size_t count;
	struct ranges built;
	struct host_array map;
};

/* The innermost prefix decides. */
static int combine(void *context, __u32 outer, __u32 item)
{
	(void)context;
	(void)outer;
	return item;
}

static void build(struct list *list)
{
	assert_int_equal(ranges__build(list->items, list->count, combine, NULL, &list->built), 0);
	list->map = (struct host_array){.values = list->built.chunks,
					.value_bytes = RANGES_CHUNK_BYTES,
					.max_entries = list->built.chunk_count};
}

static void release(struct list *list)
{
	ranges__free(&list->built);
	free(list->items);
}

static __u64 word_pair(const struct endpoint *endpoint, int first)
{
	return (__u64)ntohl(endpoint->address[first]) << 32 | ntohl(endpoint->address[first + 1]);
}

static __u32 find(struct list *list, const struct endpoint *endpoint)
{
	const struct ranges_header *header = &list->built.header;

	if (endpoint->family == ENDPOINT_IPV4)
		return ranges__find_ipv4(&list->map, header, ntohl(endpoint->address[0]));
	return ranges__find_ipv6(&list->map, header, word_pair(endpoint, 0),
				 word_pair(endpoint, 2));
}

static __u32 find_slowly(const struct list *list, const struct endpoint *endpoint)
{
	int bits = -1;
	__u32 decision = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct prefix *prefix = &list->items[i].prefix;

		if (prefix->bits <= bits || !prefix__contains(prefix, endpoint))
			continue;
		bits = prefix->bits;
		decision = list->items[i].item;
	}
	return decision;
}

/* An address next to a border of the prefix: before, first, last or behind. */
static struct endpoint near_border(const struct prefix *prefix, __u32 which)
{
	struct endpoint endpoint = prefix->network;
	int words = endpoint.family == ENDPOINT_IPV4 ? 1 : 4;

	for (int bit = prefix->bits; which >= 2 && bit < 32 * words; bit++)
		endpoint.address[bit / 32] |= htonl(0x80000000u >> bit % 32);
	for (int word = words - 1; word >= 0 && (which == 0 || which == 3); word--) {
		__u32 old = ntohl(endpoint.address[word]);

		endpoint.address[word] = htonl(which ? old + 1 : old - 1);
		if (which ? old != 0xffffffffu : old != 0)
			break;
	}
	return endpoint;
}

static void check_one(struct list *list, const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT_BYTES];
	__u32 found = find(list, endpoint), right = find_slowly(list, endpoint);

	if (found != right)
		fail_msg("%s: %u instead of %u", endpoint__text(endpoint, text), found, right);
}

static void check_borders(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		for (__u32 which = 0; which < 4; which++) {
			struct endpoint endpoint = near_border(&list->items[i].prefix, which);

			check_one(list, &endpoint);
		}
}

static void add(struct list *list, const char *text, __u32 item)
{
	list->items = realloc(list->items, (list->count + 1) * sizeof(*list->items));
	assert_int_equal(prefix__parse("test", text, &list->items[list->count].prefix, NULL), 0);
	list->items[list->count++].item = item;
}

static void check_texts(const char *const *texts, size_t count)
{
	struct list list = {};

	for (size_t i = 0; i < count; i++)
		add(&list, texts[i], i + 1);
	build(&list);
	check_borders(&list);
	release(&list);
}

static void test_nothing(void **state)
{
	static const char *const addresses[] = {
		"0.0.0.0", "255.255.255.255",
		"::",      "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"8000::",  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	struct list list = {.items = malloc(1)};

	(void)state;
	build(&list);
	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		struct endpoint endpoint;

		assert_int_equal(endpoint__parse(addresses[i], &endpoint), 0);
		assert_int_equal(find(&list, &endpoint), 0);
	}
	release(&list);
}

static void test_borders(void **state)
{
	static const char *const texts[] = {"0.0.0.0/1",
					    "0.0.0.0/32",
					    "10.0.0.0/8",
					    "10.0.0.0/16",
					    "10.0.0.0/24",
					    "10.0.255.255/32",
					    "10.1.0.0/32",
					    "10.128.0.0/9",
					    "192.168.0.0/15",
					    "192.168.7.0/24",
					    "192.168.7.1/32",
					    "255.255.255.255/32",
					    "::/1",
					    "::/128",
					    "2001:db8::/32",
					    "2001:db8::/64",
					    "2001:db8::/65",
					    "2001:db8::1/128",
					    "2001:db8::ffff:ffff:ffff:ffff/128",
					    "2001:db8:0:1::/128",
					    "2001:db8:0:3::5/128",
					    "7fff:ffff:ffff:ffff:ffff::/80",
					    "8000::/128",
					    "8000::/1",
					    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"};
	static const char *const all[] = {"0.0.0.0/0", "::/0"};
	static const char *const upper[] = {"8000::5/128"};
	static const char *const lower[] = {"7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"};

	(void)state;
	check_texts(texts, COUNT_OF(texts));
	check_texts(all, COUNT_OF(all));
	check_texts(upper, COUNT_OF(upper));
	check_texts(lower, COUNT_OF(lower));
}

/* Few leading bits differ, so that prefixes are nested and share high halves. */
static struct prefix random_prefix(struct rng *rng, bool ipv4, int spread_bits)
{
	struct endpoint endpoint = {.family = ipv4 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};
	int words = ipv4 ? 1 : 4;

	for (int word = 0; word < words; word++)
		endpoint.address[word] = htonl(rng__next(rng) & rng__next(rng));
	if (spread_bits < 32)
		endpoint.address[0] &= htonl(~(0xffffffffu >> spread_bits) | 0xffff);
	return prefix__of(&endpoint, rng__next(rng) % (32 * words + 1));
}

static void test_random(void **state)
{
	struct rng rng;

	(void)state;
	rng__seed(&rng, 5, 0);
	for (int round = 0; round < 60; round++) {
		struct list list = {.count = 1 + rng__next(&rng) % 300};

		list.items = calloc(list.count, sizeof(*list.items));
		for (size_t i = 0; i < list.count; i++)
			list.items[i] = (struct ranges_item){
				.prefix = random_prefix(&rng, round % 3 == 0 || i % 2, round % 34),
				.item = 1 + i};
		/* Equal prefixes have one decision. */
		for (size_t i = 0; i < list.count; i++)
			for (size_t j = 0; j < i; j++)
				if (!memcmp(&list.items[i].prefix, &list.items[j].prefix,
					    sizeof(struct prefix)))
					list.items[i].item = list.items[j].item;
		build(&list);
		check_borders(&list);
		release(&list);
	}
}

/* More than a chunk of every kind: each /24 and /64 of its own, and lists. */
static void test_many(void **state)
{
	enum { PREFIXES = 700000 };
	struct list list = {.count = PREFIXES};
	struct rng rng;

	(void)state;
	rng__seed(&rng, 9, 0);
	list.items = calloc(list.count, sizeof(*list.items));
	for (size_t i = 0; i < list.count; i++) {
		struct endpoint endpoint = {.family = i % 2 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};
		__u32 number = i / 2;

		if (i % 2)
			endpoint.address[0] = htonl(number << 12 | 0x800);
		else
			endpoint.address[0] = htonl(number << 13);
		if (i % 2 == 0)
			endpoint.address[2] = htonl(i % 4 ? 0x1000 : 0);
		list.items[i] = (struct ranges_item){.prefix = prefix__of(&endpoint, i % 2   ? 32
										     : i % 4 ? 128
											     : 64),
						     .item = 1 + number % RANGES_MAX_DECISION};
	}
	build(&list);
	assert_true(list.built.chunk_count > 6);
	for (int i = 0; i < 200000; i++) {
		const struct ranges_item *item = &list.items[rng__next(&rng) % list.count];
		struct endpoint before = near_border(&item->prefix, 0);
		struct endpoint after = near_border(&item->prefix, 3);

		assert_int_equal(find(&list, &item->prefix.network), item->item);
		assert_int_equal(find(&list, &before), 0);
		assert_int_equal(find(&list, &after), 0);
	}
	release(&list);
}

static int refuse(void *context, __u32 outer, __u32 item)
{
	(void)context;
	(void)outer;
	return item == 3 ? -E2BIG : 1;
}

static void test_refused(void **state)
{
	struct list list = {};

	(void)state;
	add(&list, "10.0.0.0/8", 1);
	add(&list, "2001:db8::/32", 3);
	assert_int_equal(ranges__build(list.items, list.count, refuse, NULL, &list.built), -E2BIG);
	assert_null(list.built.chunks);
	release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_borders),
		cmocka_unit_test(test_random),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
