// SPDX-License-Identifier: GPL-2.0-only
// table_copy: a copy of a live table, and the bounds of any endpoint in it.
//
// Merging a full table takes a fraction of a second, copying it a few milliseconds. It is copied in
// the order back tier, front tier, back tier: the earlier back counts see no SYN twice, which gives
// lower bounds; the later ones miss none, which gives upper bounds (see tally.c). Of the back tier
// only counts are copied, because its keys never move; of keys in the front tier, only hashes.
#include "common/counts/table_copy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/abi/hash.h"

static void *carve(char **next, size_t bytes)
{
	void *start = *next;

	*next += (bytes + CACHE_LINE_BYTES - 1) & -(size_t)CACHE_LINE_BYTES;
	return start;
}

/* The pages of CPUs that see no SYN are never written to, so they take no memory. */
struct table_copy *table_copy__new(const struct tally_memory *table)
{
	size_t sets = (size_t)table->cpus * tally__sets(&table->config);
	size_t ways =
		table_copy__way_number(&table->config, table->cpus, 0) * sizeof(struct copied_way);
	size_t lost = sets * sizeof(__u32);
	size_t back = (size_t)table->config.buckets * BUCKET_WAYS * sizeof(__u64);
	size_t pending = tally__slots_of_all(table) * sizeof(struct table_query);
	struct table_copy *copy = malloc(sizeof(*copy));
	char *next;

	if (!copy)
		return NULL;
	*copy = (struct table_copy){
		.table = *table,
		.bytes = ways + lost + CACHE_LINE_BYTES +
			 MOMENTS * (back + pending + 2 * CACHE_LINE_BYTES),
	};
	next = mmap(NULL, copy->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (next == MAP_FAILED) {
		free(copy);
		return NULL;
	}
	copy->ways = carve(&next, ways);
	copy->lost_max = carve(&next, lost);
	for (int moment = 0; moment < MOMENTS; moment++) {
		copy->back[moment] = carve(&next, back);
		copy->pending[moment] = carve(&next, pending);
	}
	return copy;
}

void table_copy__free(struct table_copy *copy)
{
	if (copy)
		munmap(copy->ways, copy->bytes);
	free(copy);
}

/* Of the counts that are in a bucket's first cache line, with the tags. */
#define FIRST_LINE_WAYS ((CACHE_LINE_BYTES - offsetof(struct table_bucket, counts)) / sizeof(__u64))

/* This many buckets ahead, in a page that the CPU would not fetch on its own. */
#define FETCHED_AHEAD 24

/*
 * Copies the counts of a bucket. Ways are taken in order: mostly the first cache line is enough. A
 * way without a key has a count of zero. What has not changed since the reading before the last is
 * not written again. Empty buckets cost no memory here.
 */
static bool copy_bucket(struct table_copy *copy, enum moment moment, size_t number)
{
	const struct table_bucket *bucket = &copy->table.back[number];
	__u64 *counts = &copy->back[moment][number * BUCKET_WAYS];
	size_t bytes = sizeof(bucket->counts);

	__builtin_prefetch(bucket + FETCHED_AHEAD);
	if (tally__bucket_is_empty(bucket))
		return false;
	if (!__atomic_load_n(&bucket->tags[FIRST_LINE_WAYS], __ATOMIC_RELAXED))
		bytes = FIRST_LINE_WAYS * sizeof(*counts);
	if (memcmp(counts, bucket->counts, bytes))
		memcpy(counts, bucket->counts, bytes);
	return true;
}

bool table_copy__take_bucket(struct table_copy *copy, size_t number)
{
	return copy_bucket(copy, BEFORE_FRONT, number);
}

static void copy_pending(struct table_copy *copy, enum moment moment)
{
	__u32 slots = tally__slots_of_all(&copy->table);

	for (__u32 number = 0; number < slots; number++)
		if (!tally__copy_pending(&copy->table, number, &copy->pending[moment][number]) &&
		    moment == BEFORE_FRONT)
			copy->unknown = TALLY_UNBOUNDED;
}

void table_copy__begin_front(struct table_copy *copy)
{
	copy->unknown = 0;
	copy_pending(copy, BEFORE_FRONT);
}

bool table_copy__take_set(struct table_copy *copy, __u32 cpu, __u32 number, struct table_set *ret)
{
	const struct table_config *config = &copy->table.config;
	struct copied_way *ways = table_copy__ways(copy, cpu, number);

	if (!tally__copy_set(&copy->table, cpu, number, ret))
		return false;
	for (int way = 0; way < table_copy__set_ways(config, number); way++) {
		const struct table_entry *entry = &ret->entries[way];

		ways[way] = (struct copied_way){
			.hash = endpoint__hash(config, &entry->key),
			.at_least = ret->upper[way] - entry->error,
			.upper = ret->upper[way],
		};
	}
	copy->lost_max[(size_t)cpu * tally__sets(config) + number] = ret->lost_max;
	return true;
}

void table_copy__end(struct table_copy *copy)
{
	copy_pending(copy, AFTER_FRONT);
	for (size_t number = 0; number < copy->table.config.buckets; number++)
		copy_bucket(copy, AFTER_FRONT, number);
}

static void row_add_front(const struct table_copy *copy, __u64 hash, struct tally_row *row)
{
	const struct table_config *config = &copy->table.config;
	__u32 sets = tally__sets(config), number;

	if (!sets)
		return;
	number = tally__set_of(config, &row->endpoint, hash);
	for (__u32 cpu = 0; cpu < copy->table.cpus; cpu++) {
		const struct copied_way *way = table_copy__ways(copy, cpu, number);
		const struct copied_way *end = way + table_copy__set_ways(config, number);
		__u32 lost_max = copy->lost_max[(size_t)cpu * sets + number];

		while (way < end && (way->hash != hash || !way->upper))
			way++;
		if (way < end)
			row->at_least += way->at_least;
		row->at_most += tally__bound(way < end ? way->upper : lost_max);
	}
}

static void row_add_back(const struct table_copy *copy, __u64 hash, struct tally_row *row)
{
	const struct tally_memory *table = &copy->table;

	for (int choice = 0; choice < 2; choice++) {
		__u32 number = bucket__number(hash, table->config.buckets, choice);
		const struct table_bucket *bucket = &table->back[number];

		for (int way = 0; way < BUCKET_WAYS; way++) {
			size_t place = (size_t)number * BUCKET_WAYS + way;

			if (__atomic_load_n(&bucket->tags[way], __ATOMIC_ACQUIRE) !=
				    bucket__tag(hash) ||
			    memcmp(&bucket->entries[way].key, &row->endpoint,
				   sizeof(row->endpoint)))
				continue;
			row->at_least += copy->back[BEFORE_FRONT][place];
			row->at_most += copy->back[AFTER_FRONT][place];
			return;
		}
	}
}

static void row_add_pending(const struct table_copy *copy, struct tally_row *row)
{
	for (__u32 i = 0; i < tally__slots_of_all(&copy->table); i++) {
		const struct table_query *before = &copy->pending[BEFORE_FRONT][i];
		const struct table_query *after = &copy->pending[AFTER_FRONT][i];

		if (endpoint__equal(&after->key, &row->endpoint))
			row->at_least += after->count;
		if (endpoint__equal(&before->key, &row->endpoint))
			row->at_most += before->count;
	}
}

struct tally_row table_copy__row(const struct table_copy *copy, const struct endpoint *endpoint)
{
	__u64 hash = endpoint__hash(&copy->table.config, endpoint);
	struct tally_row row = {.endpoint = *endpoint, .at_most = copy->unknown};

	row_add_front(copy, hash, &row);
	row_add_back(copy, hash, &row);
	row_add_pending(copy, &row);
	if (row.at_most < row.at_least)
		row.at_most = row.at_least;
	return row;
}
