// SPDX-License-Identifier: GPL-2.0-only
// heaviest: the top endpoints of a live table, found without merging all of it.
//
// This is the threshold algorithm (Fagin, Lotem, Naor, "Optimal Aggregation Algorithms for
// Middleware", PODS 2001). An endpoint's count is the sum of two parts, one in each tier. Endpoints
// with one of the greatest parts of either tier are looked up. Any other has at most the sum of the
// greatest parts that were left out, so that a row with at least that much is proven to be among
// the heaviest. In the front tier a part is the sum over the CPUs' sets, or a little more: it
// includes all endpoints of the set whose hashes end in the same bits. The same holds for an
// endpoint's increase since the copy before, which is at most the sum of the increases of its
// parts.
#include "common/counts/heaviest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/hash.h"
#include "common/address/endpoint.h"

#define PICKS 256 /* of each tier and measure at least */
/* A power of two, above the number of a set's entries on most machines. */
#define HASH_CLASSES 1024

enum tier { FRONT, BACK, TIERS };
enum measure { TOTAL, DELTA, MEASURES };

struct pick {
	__u64 count;
	struct endpoint endpoint;
};

/* At least the PICKS greatest parts of a tier. */
struct picks {
	struct pick list[2 * PICKS];
	size_t count;
	__u64 left_out; /* the greatest part that is not here */
};

/* Entries of a set, of all CPUs, whose hashes end in the same bits. */
struct hash_class {
	const struct copied_way *first;
	__u64 sums[MEASURES];
};

struct scan {
	struct table_copy *copy;
	const struct table_copy *before; /* NULL: none */
	struct picks picks[TIERS][MEASURES];
	struct hash_class classes[HASH_CLASSES];
	struct tally tally;      /* for its sums */
	struct table_set sets[]; /* by CPU: what is scanned */
};

static int compare_picks(const void *a, const void *b)
{
	const struct pick *left = a, *right = b;

	return left->count > right->count ? -1 : left->count < right->count;
}

static void picks_cut(struct picks *picks)
{
	qsort(picks->list, picks->count, sizeof(picks->list[0]), compare_picks);
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
			picks_cut(picks);
	}
}

static void scan_back(struct scan *scan)
{
	const struct table_bucket *bucket = scan->copy->table.back;
	const __u64 *all = scan->copy->back[BEFORE_FRONT];
	const __u64 *before = scan->before ? scan->before->back[BEFORE_FRONT] : NULL;

	for (size_t number = 0; number < scan->copy->table.config.buckets; number++, bucket++) {
		size_t first = number * BUCKET_WAYS;

		if (!table_copy__take_bucket(scan->copy, number))
			continue;
		for (size_t i = first; i < first + BUCKET_WAYS; i++) {
			__u64 sums[MEASURES] = {all[i], all[i] - (before ? before[i] : 0)};

			scan->tally.attributed += all[i];
			offer(scan, BACK, sums, &bucket->entries[i - first].key);
		}
	}
}

/* An entry of the set that is scanned, in the copy. */
struct scanned {
	size_t way; /* its place in the copy */
	const struct endpoint *key;
};

static const struct copied_way *way_of(const struct scan *scan, const struct scanned *entry)
{
	return &scan->copy->ways[entry->way];
}

/* The certain part of an entry, and its increase. */
static void measure_entry(const struct scan *scan, const struct scanned *entry, __u64 ret[MEASURES])
{
	const struct copied_way *now = way_of(scan, entry);
	const struct copied_way *before = scan->before ? &scan->before->ways[entry->way] : NULL;
	__u64 earlier = before && before->hash == now->hash ? before->at_least : 0;

	ret[TOTAL] = now->at_least;
	ret[DELTA] = ret[TOTAL] > earlier ? ret[TOTAL] - earlier : 0;
}

static struct hash_class *class_of(struct scan *scan, const struct scanned *entry)
{
	return &scan->classes[way_of(scan, entry)->hash % HASH_CLASSES];
}

static void add_entry(struct scan *scan, const struct scanned *entry)
{
	struct hash_class *class = class_of(scan, entry);
	__u64 sums[MEASURES];

	measure_entry(scan, entry, sums);
	scan->tally.attributed += sums[TOTAL];
	if (!class->first)
		class->first = way_of(scan, entry);
	class->sums[TOTAL] += sums[TOTAL];
	class->sums[DELTA] += sums[DELTA];
}

/* The first endpoint of a class is offered once, even if several CPUs have it. */
static void offer_entry(struct scan *scan, const struct scanned *entry)
{
	const struct hash_class *class = class_of(scan, entry);
	const struct copied_way *way = way_of(scan, entry);

	if (class->first == way || class->first->hash != way->hash)
		offer(scan, FRONT, class->sums, entry->key);
}

static void clear_entry(struct scan *scan, const struct scanned *entry)
{
	*class_of(scan, entry) = (struct hash_class){};
}

/* Copies a set of all CPUs; of those without it, the copy in scan->sets is empty. */
static bool take_sets(struct scan *scan, __u32 set)
{
	const struct tally_memory *table = &scan->copy->table;
	__u64 lost_max = 0;
	bool any = false;

	for (__u32 cpu = 0; cpu < table->cpus; cpu++) {
		if (tally__has_counted(table, cpu) &&
		    table_copy__take_set(scan->copy, cpu, set, &scan->sets[cpu])) {
			lost_max += tally__bound(scan->sets[cpu].lost_max);
			any = true;
		} else {
			memset(scan->sets[cpu].upper, 0, sizeof(scan->sets[cpu].upper));
		}
	}
	if (lost_max > scan->tally.unlisted_at_most)
		scan->tally.unlisted_at_most = lost_max;
	return any;
}

static __always_inline void for_each_entry(struct scan *scan, __u32 set,
					   void (*visit)(struct scan *scan,
							 const struct scanned *entry))
{
	const struct table_config *config = &scan->copy->table.config;

	for (__u32 cpu = 0; cpu < scan->copy->table.cpus; cpu++)
		for (int way = 0; way < table_copy__set_ways(config, set); way++) {
			const struct scanned entry = {
				table_copy__way_number(config, cpu, set) + way,
				&scan->sets[cpu].entries[way].key,
			};

			if (scan->sets[cpu].upper[way])
				visit(scan, &entry);
		}
}

static void scan_front(struct scan *scan)
{
	__u32 sets = tally__sets(&scan->copy->table.config);

	for (__u32 set = 0; set < sets; set++) {
		if (!take_sets(scan, set))
			continue;
		for_each_entry(scan, set, add_entry);
		for_each_entry(scan, set, offer_entry);
		for_each_entry(scan, set, clear_entry);
	}
}

static int compare_endpoints(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;

	return endpoint__compare(&left->endpoint, &right->endpoint);
}

/* All endpoints that were picked, and those that are pending: no other has a pending SYN. */
static void collect_rows(const struct scan *scan, struct tally *tally)
{
	const struct table_copy *copy = scan->copy;
	size_t kept = 0;

	for (int i = 0; i < TIERS * MEASURES; i++) {
		const struct picks *picks = &scan->picks[i / MEASURES][i % MEASURES];

		for (size_t j = 0; j < picks->count; j++)
			if (tally__is_valid(&picks->list[j].endpoint))
				tally->rows[tally->count++].endpoint = picks->list[j].endpoint;
	}
	for (__u32 i = 0; i < MOMENTS * tally__slots_of_all(&copy->table); i++) {
		const struct table_query *pending = &copy->pending[i % MOMENTS][i / MOMENTS];

		if (pending->count)
			tally->rows[tally->count++].endpoint = pending->key;
	}
	qsort(tally->rows, tally->count, sizeof(*tally->rows), compare_endpoints);
	for (size_t i = 0; i < tally->count; i++)
		if (!i || compare_endpoints(&tally->rows[kept - 1], &tally->rows[i]))
			tally->rows[kept++] = tally->rows[i];
	tally->count = kept;
}

static int list_heaviest(const struct scan *scan, struct tally *ret)
{
	const struct table_copy *copy = scan->copy;
	struct tally tally = scan->tally;

	tally.rows =
		calloc(TIERS * MEASURES * 2 * PICKS + MOMENTS * tally__slots_of_all(&copy->table),
		       sizeof(*tally.rows));
	if (!tally.rows)
		return -ENOMEM;
	collect_rows(scan, &tally);
	for (size_t i = 0; i < tally.count; i++)
		tally.rows[i] = table_copy__row(copy, &tally.rows[i].endpoint);
	for (__u32 i = 0; i < tally__slots_of_all(&copy->table); i++)
		tally.attributed += copy->pending[AFTER_FRONT][i].count;
	for (int tier = 0; tier < TIERS; tier++) {
		tally.rest_total += scan->picks[tier][TOTAL].left_out;
		tally.rest_delta += scan->picks[tier][DELTA].left_out;
	}
	tally.unlisted_at_most += copy->unknown;
	tally.copy = copy;
	tally__sort(&tally);
	tally.counted = true;
	*ret = tally;
	return 0;
}

static struct scan *scan__new(__u32 cpus)
{
	size_t bytes = sizeof(struct scan) + cpus * sizeof(struct table_set);
	struct scan *scan = aligned_alloc(CACHE_LINE_BYTES, bytes);

	if (scan)
		memset(scan, 0, bytes);
	return scan;
}

int heaviest__list(struct table_history *history, const struct tally_memory *memory,
		   struct tally *ret)
{
	struct scan *scan = scan__new(memory->cpus);
	int err = -ENOMEM;

	if (!history->before)
		history->before = table_copy__new(memory);
	if (scan && history->before) {
		scan->copy = history->before;
		scan->before = history->latest;
		*history = (struct table_history){.latest = history->before,
						  .before = history->latest};
		scan_back(scan);
		table_copy__begin_front(scan->copy);
		scan_front(scan);
		table_copy__end(scan->copy);
		err = list_heaviest(scan, ret);
	}
	free(scan);
	return err;
}

void table_history__drop_before(struct table_history *history)
{
	table_copy__free(history->before);
	history->before = NULL;
}

void table_history__free(struct table_history *history)
{
	table_copy__free(history->latest);
	table_copy__free(history->before);
	*history = (struct table_history){};
}
