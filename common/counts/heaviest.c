// SPDX-License-Identifier: GPL-2.0-only
// heaviest: the top endpoints of a live table, found without merging all of it.
//
// This is the threshold algorithm (Fagin, Lotem, Naor, "Optimal Aggregation Algorithms for
// Middleware", PODS 2001). An endpoint's count is the sum of two parts, one in each tier. Endpoints
// with one of the greatest parts of either tier are looked up. Any other has at most the sum of the
// greatest parts that were left out, so that a row with at least that much is proven to be among
// the heaviest. In the front tier a part is the sum over the CPUs' sets, or a little more: it
// includes all endpoints of the set whose tags end in the same bits. The same holds for an
// endpoint's increase since the copy before, which is at most the sum of the increases of its
// parts.
#include "common/counts/heaviest.h"

#include <errno.h>
#include <stdlib.h>

#include "common/abi/hash.h"
#include "common/address/endpoint.h"

#define PICKS 256        /* of each tier and measure at least */
#define TAG_CLASSES 1024 /* a power of two, above the number of a set's entries on all CPUs */

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

/* Entries of a set, of all CPUs, whose tags end in the same bits. */
struct tag_class {
	const struct endpoint *first;
	__u64 sums[MEASURES];
};

struct scan {
	const struct table_copy *copy;
	const struct table_copy *before; /* NULL: none */
	struct picks picks[TIERS][MEASURES];
	struct tag_class classes[TAG_CLASSES];
	struct tally tally; /* for its sums */
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

/* Memory of the copy that was not written to is not read either, since that would allocate it. */
static bool set_is_empty(const struct tally_memory *table, __u32 set)
{
	for (__u32 cpu = 0; cpu < table->cpus; cpu++)
		if (tally__has_counted(table, cpu) &&
		    !tally__set_is_empty(&table->front[(size_t)cpu * table->config.sets + set]))
			return false;
	return true;
}

static void scan_back(struct scan *scan)
{
	const struct table_bucket *bucket = scan->copy->table.back;
	const __u64 *all = scan->copy->back[BEFORE_FRONT];
	const __u64 *before = scan->before ? scan->before->back[BEFORE_FRONT] : NULL;

	for (__u32 number = 0; number < scan->copy->table.config.buckets; number++, bucket++) {
		size_t first = (size_t)number * BUCKET_WAYS;

		if (tally__bucket_is_empty(bucket))
			continue;
		for (size_t i = first; i < first + BUCKET_WAYS; i++) {
			__u64 sums[MEASURES] = {all[i], all[i] - (before ? before[i] : 0)};

			scan->tally.attributed += all[i];
			offer(scan, BACK, sums, &bucket->entries[i - first].key);
		}
	}
}

/* The certain part of an entry, and its increase. */
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

/* The first endpoint of a class is offered once, even if several CPUs have it. */
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

		if (set_is_empty(table, set))
			continue;
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
	for (__u32 i = 0; i < MOMENTS * copy->table.cpus; i++) {
		const struct endpoint *key = &copy->pending[i % MOMENTS][i / MOMENTS];

		if (key->family)
			tally->rows[tally->count++].endpoint = *key;
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

	tally.rows = calloc(TIERS * MEASURES * 2 * PICKS + MOMENTS * copy->table.cpus,
			    sizeof(*tally.rows));
	if (!tally.rows)
		return -ENOMEM;
	collect_rows(scan, &tally);
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
