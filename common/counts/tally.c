// SPDX-License-Identifier: GPL-2.0-only
// tally: the two tiers of a table, read in place and merged into endpoints with bounds.
//
// A SYN moves in one direction only: from pending to the front tier to the back tier. Reading in
// this direction misses none: that gives upper bounds for the start of the reading. Reading against
// it sees none twice: that gives lower bounds for its end. So pending and front are read twice,
// before and after the back tier; as long as no program writes, both are the same.
#include "common/counts/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/hash.h"
#include "common/counts/row_index.h"
#include "common/counts/row_sort.h"

struct merge {
	const struct tally_memory *memory;
	struct row_index index;
	__u64 *lost_max; /* by set, over all CPUs: the loss of an endpoint outside of it */
	__u64 unknown;   /* any endpoint may have as much more */
	int err;
};

static struct tally_row *merge__row(struct merge *merge, const struct endpoint *key)
{
	struct tally_row *row = row_index__row(&merge->index, key);

	if (!row)
		merge->err = -ENOMEM;
	return row;
}

/* A writer needs nanoseconds; only one that was stopped, or is hostile, outlasts these tries. */
#define MAX_TRIES 256

/* Memory that a sequence number guards, and where to copy it. */
struct guarded {
	void *ret;
	const void *from;
	size_t bytes;
};

/* Return: false if no try found it at rest. */
static bool copy_guarded(const struct guarded *parts, size_t count, const __u32 *sequence)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		__u32 before = __atomic_load_n(sequence, __ATOMIC_ACQUIRE);

		for (size_t part = 0; part < count; part++)
			memcpy(parts[part].ret, parts[part].from, parts[part].bytes);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (before % 2 == 0 && before == __atomic_load_n(sequence, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

bool tally__is_idle(const struct tally_memory *memory)
{
	if (!memory->counters)
		return false;
	for (__u32 cpu = 0; cpu < memory->cpus; cpu++)
		if (tally__has_counted(memory, cpu))
			return false;
	return true;
}

bool tally__is_valid(const struct endpoint *endpoint)
{
	return endpoint->family == ENDPOINT_IPV4 || endpoint->family == ENDPOINT_IPV6;
}

static bool set_is_empty(const __u32 *first_upper, const __u32 *sequence)
{
	return !__atomic_load_n(first_upper, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(sequence, __ATOMIC_RELAXED);
}

/* Concurrent hits do no harm: each changes a single number. */
static bool copy_general_set(const struct table_set *set, struct table_set *ret)
{
	const struct guarded all = {ret, set, sizeof(*ret)};

	if (set_is_empty(set->upper, &set->sequence))
		return false;
	if (!copy_guarded(&all, 1, &set->sequence)) {
		*ret = (struct table_set){.lost_max = ~0u};
		return true;
	}
	for (int way = 0; way < TABLE_WAYS; way++) {
		struct table_entry *entry = &ret->entries[way];

		if (!tally__is_valid(&entry->key))
			ret->upper[way] = 0;
		if (entry->error > ret->upper[way])
			entry->error = ret->upper[way];
	}
	return true;
}

/* Of a concurrent hit the new `certain` may be seen with the old `upper`, or the other way round:
 * the smaller of both is counted for certain. */
static __u32 ipv4_error(const struct ipv4_set *set, const __u32 *errors, int way)
{
	__u32 upper = set->upper[way], certain = set->certain[way];

	if (certain == IPV4_CERTAIN_MAX)
		return errors[way] < upper ? errors[way] : upper;
	return certain < upper ? upper - certain : 0;
}

static bool copy_ipv4_set(const struct ipv4_group *group, __u32 number, struct table_set *ret)
{
	const struct ipv4_set *set = &group->sets[number];
	struct ipv4_set copy = {};
	__u32 errors[IPV4_WAYS] = {};
	const struct guarded parts[] = {{&copy, set, sizeof(copy)},
					{errors, group->errors[number], sizeof(errors)}};

	if (set_is_empty(set->upper, &set->sequence))
		return false;
	*ret = (struct table_set){.lost_max = ~0u};
	if (!copy_guarded(parts, 2, &set->sequence))
		return true;
	ret->lost_max = copy.lost_max;
	for (int way = 0; way < IPV4_WAYS; way++) {
		if (!copy.addresses[way])
			continue;
		ret->upper[way] = copy.upper[way];
		ret->entries[way] = (struct table_entry){
			.key = {.address = {copy.addresses[way]}, .family = ENDPOINT_IPV4},
			.error = ipv4_error(&copy, errors, way),
		};
	}
	return true;
}

bool tally__copy_set(const struct tally_memory *memory, __u32 cpu, __u32 number,
		     struct table_set *ret)
{
	const struct table_config *config = &memory->config;
	size_t ipv4;

	if (number < config->sets)
		return copy_general_set(&memory->front[(size_t)cpu * config->sets + number], ret);
	ipv4 = (size_t)cpu * config->ipv4_sets + number - config->sets;
	return copy_ipv4_set(&memory->ipv4[ipv4 / IPV4_GROUP_SETS], ipv4 % IPV4_GROUP_SETS, ret);
}

bool tally__copy_pending(const struct tally_memory *memory, __u32 number, struct table_query *ret)
{
	const struct cpu_counters *counters = &memory->counters[number / tally__slots(memory)];
	bool is_source = memory->pending == PENDING_SOURCE;
	const struct table_query *pending =
		is_source ? &counters->source : &counters->victims[number % VICTIM_SLOTS];
	const struct guarded all = {ret, pending, sizeof(*ret)};
	bool is_known = copy_guarded(
		&all, 1, is_source ? &counters->source_sequence : &counters->victims_sequence);

	if (!is_known || !tally__is_valid(&ret->key))
		*ret = (struct table_query){};
	return is_known;
}

enum pass { FRONT_BEFORE, FRONT_AFTER };

static void merge_set(struct merge *merge, const struct table_set *set, __u32 number,
		      enum pass pass)
{
	if (pass == FRONT_BEFORE)
		merge->lost_max[number] += tally__bound(set->lost_max);
	for (int way = 0; way < TABLE_WAYS; way++) {
		const struct table_entry *entry = &set->entries[way];
		struct tally_row *row = set->upper[way] ? merge__row(merge, &entry->key) : NULL;

		if (!row)
			continue;
		if (pass == FRONT_AFTER)
			row->at_least += set->upper[way] - entry->error;
		else /* replaces the set's lost_max, which is added at the end; may wrap around */
			row->at_most += (__u64)set->upper[way] - set->lost_max;
	}
}

static void merge_row_of_sets(struct merge *merge, __u32 cpu, enum pass pass)
{
	__u32 sets = tally__sets(&merge->memory->config);
	struct table_set set;

	for (__u32 number = 0; number < sets && !merge->err; number++)
		if (tally__copy_set(merge->memory, cpu, number, &set))
			merge_set(merge, &set, number, pass);
}

static void merge_front(struct merge *merge, enum pass pass)
{
	for (__u32 cpu = 0; cpu < merge->memory->cpus; cpu++)
		if (tally__has_counted(merge->memory, cpu))
			merge_row_of_sets(merge, cpu, pass);
}

static void merge_pending(struct merge *merge, enum pass pass)
{
	const struct tally_memory *memory = merge->memory;
	__u32 slots = tally__slots_of_all(memory);

	for (__u32 number = 0; number < slots && !merge->err; number++) {
		struct table_query pending = {};
		struct tally_row *row;

		if (!tally__copy_pending(memory, number, &pending) && pass == FRONT_BEFORE)
			merge->unknown = TALLY_UNBOUNDED;
		row = pending.count ? merge__row(merge, &pending.key) : NULL;
		if (row && pass == FRONT_AFTER)
			row->at_least += pending.count;
		else if (row)
			row->at_most += pending.count;
	}
}

static void merge_bucket(struct merge *merge, const struct table_bucket *bucket)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		struct endpoint key;
		struct tally_row *row;
		__u64 count;

		if (!(__atomic_load_n(&bucket->tags[way], __ATOMIC_ACQUIRE) & 1))
			continue;
		key = bucket->entries[way].key;
		if (!tally__is_valid(&key))
			continue;
		row = merge__row(merge, &key);
		if (!row)
			return;
		count = __atomic_load_n(&bucket->counts[way], __ATOMIC_RELAXED);
		row->at_least += count;
		row->at_most += count;
	}
}

static void merge_back(struct merge *merge)
{
	const struct tally_memory *memory = merge->memory;

	for (__u32 number = 0; number < memory->config.buckets && !merge->err; number++)
		if (!tally__bucket_is_empty(&memory->back[number]))
			merge_bucket(merge, &memory->back[number]);
}

void tally__sort(struct tally *tally)
{
	tally->rows = row_sort(tally->rows, tally->count);
}

/* Without seeds the set of an endpoint is unknown: it may be the one that lost most. */
static __u64 lost_by(const struct merge *merge, const struct endpoint *endpoint, __u64 most)
{
	const struct table_config *config = &merge->memory->config;

	if (!most || merge->memory->without_seeds)
		return most;
	return merge->lost_max[tally__set_of(config, endpoint, endpoint__hash(config, endpoint))] +
	       merge->unknown;
}

/* Adds what each row may have lost before it had its entry, and sorts the rows. */
static void merge_finish(struct merge *merge, struct tally *ret)
{
	__u32 sets = tally__sets(&merge->memory->config);
	struct tally tally = {.counted = true, .count = merge->index.count};

	for (__u32 set = 0; set < sets; set++)
		if (merge->lost_max[set] > tally.unlisted_at_most)
			tally.unlisted_at_most = merge->lost_max[set];
	tally.unlisted_at_most += merge->unknown;
	tally.rows = row_index__take_rows(&merge->index);
	for (size_t i = 0; i < tally.count; i++) {
		struct tally_row *row = &tally.rows[i];

		row->at_most += lost_by(merge, &row->endpoint, tally.unlisted_at_most);
		if (row->at_most < row->at_least)
			row->at_most = row->at_least;
		tally.attributed += row->at_least;
	}
	tally__sort(&tally);
	*ret = tally;
}

static size_t count_ways(const __u32 *upper, int ways)
{
	size_t count = 0;

	for (int way = 0; way < ways; way++)
		count += !!upper[way];
	return count;
}

static size_t count_entries(const struct tally_memory *memory, __u32 cpu)
{
	const struct table_config *config = &memory->config;
	size_t count = 0, first = (size_t)cpu * config->sets;
	size_t first_ipv4 = (size_t)cpu * config->ipv4_sets;

	for (size_t set = first; set < first + config->sets; set++)
		count += count_ways(memory->front[set].upper, TABLE_WAYS);
	for (size_t set = first_ipv4; set < first_ipv4 + config->ipv4_sets; set++) {
		const struct ipv4_group *group = &memory->ipv4[set / IPV4_GROUP_SETS];

		count += count_ways(group->sets[set % IPV4_GROUP_SETS].upper, IPV4_WAYS);
	}
	return count;
}

/* More may be made while the table is read: memory that is not needed is not touched. */
static size_t rows_expected(const struct tally_memory *memory)
{
	size_t count = tally__slots_of_all(memory);

	for (__u32 cpu = 0; cpu < memory->cpus; cpu++)
		if (tally__has_counted(memory, cpu))
			count += count_entries(memory, cpu);
	for (__u32 number = 0; number < memory->config.buckets; number++)
		for (int way = 0; way < BUCKET_WAYS; way++)
			count += memory->back[number].tags[way] & 1;
	return count + count / 8;
}

int tally__read(const struct tally_memory *memory, struct tally *ret)
{
	struct merge merge = {.memory = memory};

	if (!memory->config.buckets || tally__is_idle(memory)) {
		*ret = (struct tally){.counted = memory->config.buckets};
		return 0;
	}
	/* Without a front tier, its one element stays zero. */
	merge.lost_max = calloc(tally__sets(&memory->config) + 1, sizeof(*merge.lost_max));
	if (!merge.lost_max)
		return -ENOMEM;
	if (!row_index__start(&merge.index, rows_expected(memory))) {
		free(merge.lost_max);
		return -ENOMEM;
	}
	merge_pending(&merge, FRONT_BEFORE);
	merge_front(&merge, FRONT_BEFORE);
	merge_back(&merge);
	merge_front(&merge, FRONT_AFTER);
	merge_pending(&merge, FRONT_AFTER);
	if (merge.err)
		row_index__free(&merge.index);
	else
		merge_finish(&merge, ret);
	free(merge.lost_max);
	return merge.err;
}

void tally__free(struct tally *tally)
{
	free(tally->rows);
	*tally = (struct tally){};
}
