// SPDX-License-Identifier: GPL-2.0-only
// table_copy: a table's memory as it was at a moment, and the heaviest endpoints in it.
//
// Merging a full table takes a fraction of a second; copying it takes milliseconds. It is copied in
// the order back tier, front, back tier: with the earlier back counts none is seen twice, which
// gives lower bounds; with the later ones none is missed, which gives upper bounds (see tally.c).
// Only counts of the back tier are copied, because its keys stay where they are for ever.
//
// Who is heaviest follows from the threshold algorithm (Fagin, Lotem, Naor, "Optimal Aggregation
// Algorithms for Middleware", PODS 2001). What an endpoint has is the sum of two parts, one in each
// tier. Who has one of the greatest parts of either tier is looked up. Whoever has not has at most
// the sum of the greatest parts that were left out, so that a row with as much as that is among the
// heaviest for certain. In the front a part is the sum over the CPUs' sets, or a little more: it
// is that of all endpoints of the set whose tags share some bits. The same holds for what an
// endpoint has gained, which is at most the sum of what its places have gained.
#include "common/counts/table_copy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/address/endpoint.h"
#include "common/replay/host_helpers.h"
#include "xdp/table.bpf.h"

#define PICKS 256        /* of each tier and measure at least */
#define TAG_CLASSES 1024 /* a power of two, above the entries that a set has on all CPUs */

enum moment { BEFORE_FRONT, AFTER_FRONT, MOMENTS };

struct table_copy {
	struct tally_memory table;
	size_t bytes; /* of the copies, which are one mapping */
	struct table_set *front;
	__u64 *back[MOMENTS]; /* counts, BUCKET_WAYS a bucket */
	struct endpoint *pending[MOMENTS];
};

enum tier { FRONT, BACK, TIERS };
enum measure { TOTAL, DELTA, MEASURES };

struct pick {
	__u64 count;
	struct endpoint endpoint;
};

/* The greatest parts of a tier, and some more. */
struct picks {
	struct pick list[2 * PICKS];
	size_t count;
	__u64 left_out; /* the greatest one that is not here */
};

/* Entries of a set, on all CPUs, whose tags end in the same bits. */
struct tag_class {
	const struct endpoint *first;
	__u64 sums[MEASURES];
};

struct scan {
	const struct table_copy *copy;
	const struct table_copy *before; /* NULL: none */
	struct picks picks[TIERS][MEASURES];
	struct tag_class classes[TAG_CLASSES];
	struct tally tally; /* its sums */
};

static void *carve(char **next, size_t bytes)
{
	void *start = *next;

	*next += (bytes + CACHE_LINE_BYTES - 1) & -(size_t)CACHE_LINE_BYTES;
	return start;
}

/* Memory that is never written to, for CPUs that see no SYN, takes no room. */
static struct table_copy *table_copy__new(const struct tally_memory *table)
{
	size_t front = (size_t)table->cpus * table->config.sets * sizeof(struct table_set);
	size_t back = (size_t)table->config.buckets * BUCKET_WAYS * sizeof(__u64);
	size_t pending = table->cpus * sizeof(struct endpoint);
	struct table_copy *copy = malloc(sizeof(*copy));
	char *next;

	if (!copy)
		return NULL;
	*copy = (struct table_copy){
		.table = *table,
		.bytes = front + MOMENTS * (back + pending + 2 * CACHE_LINE_BYTES),
	};
	next = mmap(NULL, copy->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (next == MAP_FAILED) {
		free(copy);
		return NULL;
	}
	copy->front = carve(&next, front);
	for (int moment = 0; moment < MOMENTS; moment++) {
		copy->back[moment] = carve(&next, back);
		copy->pending[moment] = carve(&next, pending);
	}
	return copy;
}

static void table_copy__free(struct table_copy *copy)
{
	if (copy)
		munmap(copy->front, copy->bytes);
	free(copy);
}

/* Where no key has been put yet, the count is zero. */
static void copy_back(struct table_copy *copy, enum moment moment)
{
	const struct table_bucket *bucket = copy->table.back;
	__u64 *counts = copy->back[moment];

	for (__u32 number = 0; number < copy->table.config.buckets; number++)
		memcpy(&counts[number * (size_t)BUCKET_WAYS], bucket[number].counts,
		       sizeof(bucket->counts));
}

static void copy_pending(struct table_copy *copy, enum moment moment)
{
	for (__u32 cpu = 0; copy->table.counters && cpu < copy->table.cpus; cpu++)
		tally__copy_pending(&copy->table.counters[cpu], &copy->pending[moment][cpu]);
}

/* A set's first way is the first one that gets an entry, and has one from then on. */
static void copy_front(struct table_copy *copy)
{
	const struct tally_memory *table = &copy->table;

	for (size_t i = 0; i < (size_t)table->cpus * table->config.sets; i++)
		if (__atomic_load_n(&table->front[i].upper[0], __ATOMIC_RELAXED))
			tally__copy_set(&table->front[i], &copy->front[i]);
}

static void table_copy__take(struct table_copy *copy)
{
	copy_back(copy, BEFORE_FRONT);
	copy_pending(copy, BEFORE_FRONT);
	copy_front(copy);
	copy_pending(copy, AFTER_FRONT);
	copy_back(copy, AFTER_FRONT);
}

static void add_front(const struct table_copy *copy, __u64 hash, struct tally_row *row)
{
	const struct table_config *config = &copy->table.config;
	const struct table_set *set = &copy->front[hash__scale(hash, config->sets)];

	for (__u32 cpu = 0; cpu < copy->table.cpus; cpu++, set += config->sets) {
		int way = 0;

		while (way < TABLE_WAYS &&
		       (set->tags[way] != hash__tag(hash) || !set->upper[way] ||
			memcmp(&set->entries[way].key, &row->endpoint, sizeof(row->endpoint))))
			way++;
		if (way < TABLE_WAYS)
			row->at_least += set->upper[way] - set->entries[way].error;
		row->at_most += tally__bound(way < TABLE_WAYS ? set->upper[way] : set->lost_max);
	}
}

static void add_back(const struct table_copy *copy, __u64 hash, struct tally_row *row)
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

static void add_pending(const struct table_copy *copy, struct tally_row *row)
{
	for (__u32 cpu = 0; cpu < copy->table.cpus; cpu++) {
		row->at_least += !memcmp(&copy->pending[AFTER_FRONT][cpu], &row->endpoint,
					 sizeof(row->endpoint));
		row->at_most += !memcmp(&copy->pending[BEFORE_FRONT][cpu], &row->endpoint,
					sizeof(row->endpoint));
	}
}

struct tally_row table_copy__row(const struct table_copy *copy, const struct endpoint *endpoint)
{
	__u64 hash = endpoint__hash(&copy->table.config, endpoint);
	struct tally_row row = {.endpoint = *endpoint};

	add_front(copy, hash, &row);
	add_back(copy, hash, &row);
	add_pending(copy, &row);
	if (row.at_most < row.at_least)
		row.at_most = row.at_least;
	return row;
}

static int by_count(const void *a, const void *b)
{
	const struct pick *left = a, *right = b;

	return left->count > right->count ? -1 : left->count < right->count;
}

static void cut(struct picks *picks)
{
	qsort(picks->list, picks->count, sizeof(picks->list[0]), by_count);
	picks->count = PICKS;
	picks->left_out = picks->list[PICKS].count;
}

static void offer(struct scan *scan, enum tier tier, const __u64 sums[MEASURES],
		  const struct endpoint *endpoint)
{
	for (int measure = 0; measure < MEASURES; measure++) {
		struct picks *picks = &scan->picks[tier][measure];

		if (sums[measure] <= picks->left_out)
			continue;
		picks->list[picks->count++] = (struct pick){sums[measure], *endpoint};
		if (picks->count == 2 * PICKS)
			cut(picks);
	}
}

static void scan_back(struct scan *scan)
{
	const struct table_bucket *bucket = scan->copy->table.back;
	const __u64 *counts = scan->copy->back[BEFORE_FRONT];
	const __u64 *before = scan->before ? scan->before->back[BEFORE_FRONT] : NULL;

	for (__u32 number = 0; number < scan->copy->table.config.buckets; number++, bucket++)
		for (int way = 0; way < BUCKET_WAYS; way++, counts++) {
			__u64 sums[MEASURES] = {*counts, *counts - (before ? *before++ : 0)};

			scan->tally.attributed += *counts;
			offer(scan, BACK, sums, &bucket->entries[way].key);
		}
}

/* What is certain of an entry, and how much of it is new. */
static void measure_entry(const struct scan *scan, size_t number, int way, __u64 ret[MEASURES])
{
	const struct table_set *set = &scan->copy->front[number];
	const struct table_set *before = scan->before ? &scan->before->front[number] : NULL;
	__u64 earlier = 0;

	if (before && before->tags[way] == set->tags[way] &&
	    (before->sequence == set->sequence ||
	     endpoint__equal(&before->entries[way].key, &set->entries[way].key)))
		earlier = before->upper[way] - before->entries[way].error;
	ret[TOTAL] = set->upper[way] - set->entries[way].error;
	ret[DELTA] = ret[TOTAL] > earlier ? ret[TOTAL] - earlier : 0;
}

static struct tag_class *class_of(struct scan *scan, const struct table_set *set, int way)
{
	return &scan->classes[set->tags[way] % TAG_CLASSES];
}

static void add_entry(struct scan *scan, size_t number, int way)
{
	const struct table_set *set = &scan->copy->front[number];
	struct tag_class *class = class_of(scan, set, way);
	__u64 sums[MEASURES];

	measure_entry(scan, number, way, sums);
	scan->tally.attributed += sums[TOTAL];
	if (!class->first)
		class->first = &set->entries[way].key;
	class->sums[TOTAL] += sums[TOTAL];
	class->sums[DELTA] += sums[DELTA];
}

/* Once, although several CPUs may have it. */
static void offer_entry(struct scan *scan, size_t number, int way)
{
	const struct table_set *set = &scan->copy->front[number];
	const struct endpoint *endpoint = &set->entries[way].key;
	const struct tag_class *class = class_of(scan, set, way);

	if (class->first == endpoint || !endpoint__equal(class->first, endpoint))
		offer(scan, FRONT, class->sums, endpoint);
}

static void clear_entry(struct scan *scan, size_t number, int way)
{
	*class_of(scan, &scan->copy->front[number], way) = (struct tag_class){};
}

static __always_inline void for_each_entry(struct scan *scan, __u32 set,
					   void (*visit)(struct scan *scan, size_t number, int way))
{
	const struct tally_memory *table = &scan->copy->table;

	for (__u32 cpu = 0; cpu < table->cpus; cpu++) {
		size_t number = (size_t)cpu * table->config.sets + set;

		for (int way = 0; way < TABLE_WAYS; way++)
			if (scan->copy->front[number].upper[way])
				visit(scan, number, way);
	}
}

static void scan_front(struct scan *scan)
{
	const struct tally_memory *table = &scan->copy->table;

	for (__u32 set = 0; set < table->config.sets; set++) {
		__u64 lost_max = 0;

		for_each_entry(scan, set, add_entry);
		for_each_entry(scan, set, offer_entry);
		for_each_entry(scan, set, clear_entry);
		for (__u32 cpu = 0; cpu < table->cpus; cpu++)
			lost_max += tally__bound(
				scan->copy->front[(size_t)cpu * table->config.sets + set].lost_max);
		if (lost_max > scan->tally.unlisted_at_most)
			scan->tally.unlisted_at_most = lost_max;
	}
}

static int by_endpoint(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;

	return endpoint__compare(&left->endpoint, &right->endpoint);
}

/* Every endpoint that was picked, and those that are pending: of nobody else is anything pending.
 */
static void name_rows(const struct scan *scan, struct tally *tally)
{
	const struct table_copy *copy = scan->copy;
	size_t kept = 0;

	for (int i = 0; i < TIERS * MEASURES; i++) {
		const struct picks *picks = &scan->picks[i / MEASURES][i % MEASURES];

		for (size_t j = 0; j < picks->count; j++)
			tally->rows[tally->count++].endpoint = picks->list[j].endpoint;
	}
	for (__u32 i = 0; i < MOMENTS * copy->table.cpus; i++) {
		const struct endpoint *key = &copy->pending[i % MOMENTS][i / MOMENTS];

		if (key->family)
			tally->rows[tally->count++].endpoint = *key;
	}
	qsort(tally->rows, tally->count, sizeof(*tally->rows), by_endpoint);
	for (size_t i = 0; i < tally->count; i++)
		if (!i || by_endpoint(&tally->rows[kept - 1], &tally->rows[i]))
			tally->rows[kept++] = tally->rows[i];
	tally->count = kept;
}

static int list_heaviest(const struct scan *scan, struct tally *ret)
{
	const struct table_copy *copy = scan->copy;
	struct tally tally = scan->tally;

	tally.rows = calloc(TIERS * MEASURES * 2 * PICKS + MOMENTS * copy->table.cpus,
			    sizeof(*tally.rows));
	if (!tally.rows)
		return -ENOMEM;
	name_rows(scan, &tally);
	for (size_t i = 0; i < tally.count; i++)
		tally.rows[i] = table_copy__row(copy, &tally.rows[i].endpoint);
	for (__u32 cpu = 0; cpu < copy->table.cpus; cpu++)
		tally.attributed += copy->pending[AFTER_FRONT][cpu].family != 0;
	for (int tier = 0; tier < TIERS; tier++) {
		tally.rest_total += scan->picks[tier][TOTAL].left_out;
		tally.rest_delta += scan->picks[tier][DELTA].left_out;
	}
	tally.copy = copy;
	tally__sort(&tally);
	tally.counted = true;
	*ret = tally;
	return 0;
}

int heaviest__list(struct table_history *history, const struct tally_memory *memory,
		   struct tally *ret)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	int err = -ENOMEM;

	if (!history->before)
		history->before = table_copy__new(memory);
	if (scan && history->before) {
		scan->copy = history->before;
		scan->before = history->latest;
		*history = (struct table_history){.latest = history->before,
						  .before = history->latest};
		table_copy__take(history->latest);
		scan_front(scan);
		scan_back(scan);
		err = list_heaviest(scan, ret);
	}
	free(scan);
	return err;
}

void table_history__free(struct table_history *history)
{
	table_copy__free(history->latest);
	table_copy__free(history->before);
	*history = (struct table_history){};
}
