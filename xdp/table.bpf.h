// SPDX-License-Identifier: GPL-2.0-only
// table: SYNs per endpoint, exact while endpoints fit, bounded beyond. Also compiles on the host.
//
// There are two tiers. In the front tier each CPU owns a set-associative table: an endpoint's keyed
// hash chooses a set of eight ways, and its SYNs are counted there without atomics. (IPv4 sources
// have sets of their own, of six ways: see xdp/ipv4_set.bpf.h. All below holds for both.) An
// endpoint that finds its set full replaces the entry with the smallest count (Space-Saving:
// Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data
// Streams", ICDT 2005). An evicted entry spills its count into the back tier, which all CPUs share:
// a hash table of buckets that keeps max_endpoints endpoints exactly. Only when the back tier is
// full does an eviction lose anything, and the set records an upper bound of that.
//
// The bounds, for one endpoint and one CPU. Let "unspilled" be the SYNs that arrived on this CPU
// minus those that were added to the back tier, and those that still wait to be counted (see
// xdp/pending.bpf.h). Then
//     in the set:      upper - error <= unspilled <= upper
//     not in the set:              0 <= unspilled <= lost_max
// by induction over arrivals: upper - error counts arrivals since the entry was made or last
// spilled, which gives the lower bounds. Upper bounds: a new entry has error = lost_max, which
// bounds what arrived and was lost before, and upper = error + n for the n SYNs that arrive at
// once; a hit adds n to both sides; a spill subtracts upper - error from both and leaves error,
// which is at most lost_max, because lost_max never shrinks; a loss raises lost_max to at least
// upper. So the true count is between
// the sum over CPUs of the lower bounds plus the back tier's count, and the same sum of the upper
// bounds; and each SYN is in exactly one of: some entry's upper - error, the back tier, or the lost
// ones. The number of lost SYNs therefore needs no counter: it is all SYNs minus the other two.
//
// With at most max_endpoints endpoints the back tier refuses none, nothing is lost, lost_max and so
// every error stay zero, and the bounds are equal: that the last place is taken loses nothing, only
// that one more endpoint asks for it. With more endpoints, one with more SYNs than N / ways of its
// set (of N lost SYNs) is never evicted without a trace: heavy hitters are always listed.
#ifndef XDP_TABLE_BPF_H
#define XDP_TABLE_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

#ifdef __bpf__
#include <bpf/bpf_helpers.h>
#endif

#include "common/abi/abi.h"
#include "common/abi/compiler.h"
#include "common/abi/hash.h"

/* At this count an entry spills into the back tier, long before 32 bits overflow. */
#define UPPER_SPILL 0x80000000u
#define UPPER_MAX 0xffffffffu

/* Loads all cache lines of a set or bucket at once: the code below would need them one after
 * another, each with a stall of its own. */
static __always_inline void prefetch_lines(const void *start, __u32 bytes)
{
	for (__u32 offset = 0; offset < bytes; offset += CACHE_LINE_BYTES)
		(void)*(const volatile __u64 *)((const char *)start + offset);
}

/* What all CPUs share of a table. The lock is taken only when an endpoint first enters the back
 * tier. */
struct table_shared {
	struct bpf_spin_lock lock;
	__u32 used; /* endpoints in the back tier; above max_endpoints: it has refused one */
};

static __always_inline bool bucket__add(struct table_bucket *bucket, __u32 tag,
					const struct endpoint *key, __u32 count)
{
	barrier_var(bucket); /* else clang keeps the addresses of all ways, on the stack */
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (bucket->tags[way] != tag || !endpoint__equal(&bucket->entries[way].key, key))
			continue;
		__sync_fetch_and_add(&bucket->counts[way], count);
		return true;
	}
	return false;
}

static __always_inline bool bucket__has(const struct table_bucket *bucket, __u32 tag,
					const struct endpoint *key)
{
	for (int way = 0; way < BUCKET_WAYS; way++)
		if (bucket->tags[way] == tag && endpoint__equal(&bucket->entries[way].key, key))
			return true;
	return false;
}

static __always_inline int bucket__used(const struct table_bucket *bucket)
{
	int used = 0;

	for (int way = 0; way < BUCKET_WAYS; way++)
		used += bucket->tags[way] & 1; /* set in every tag in use */
	return used;
}

/*
 * barrier() orders the stores on x86 only. On arm64 another CPU may see the tag first: it then
 * misses the key, or adds to a count that this store overwrites. BPF's atomic fetch operations are
 * full barriers, but need Linux 5.12.
 */
static __always_inline bool bucket__insert(struct table_bucket *bucket, __u32 tag,
					   const struct endpoint *key, __u32 count)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (bucket->tags[way])
			continue;
		bucket->entries[way].key = *key;
		bucket->counts[way] = count;
		barrier();
		bucket->tags[way] = tag; /* last, because it makes the entry visible */
		return true;
	}
	return false;
}

/* The two buckets in which an endpoint of the back tier may be. */
struct bucket_pair {
	struct table_bucket *first;
	struct table_bucket *second;
	__u32 tag;
};

/* Return: false if the table has no buckets. */
static __always_inline bool back__find(const volatile struct table_config *config, void *buckets,
				       const struct endpoint *key, struct bucket_pair *ret)
{
	__u64 hash = endpoint__hash(config, key);
	__u32 first_number = bucket__number(hash, config->buckets, 0);
	__u32 second_number = bucket__number(hash, config->buckets, 1);

	ret->first = bpf_map_lookup_elem(buckets, &first_number);
	ret->second = bpf_map_lookup_elem(buckets, &second_number);
	ret->tag = bucket__tag(hash);
	if (!ret->first || !ret->second)
		return false;
	prefetch_lines(ret->first, sizeof(*ret->first));
	prefetch_lines(ret->second, sizeof(*ret->second));
	return true;
}

static __always_inline bool pair__add(const struct bucket_pair *pair, const struct endpoint *key,
				      __u32 count)
{
	return bucket__add(pair->first, pair->tag, key, count) ||
	       bucket__add(pair->second, pair->tag, key, count);
}

static __always_inline struct table_bucket *pair__emptier(const struct bucket_pair *pair)
{
	return bucket__used(pair->first) <= bucket__used(pair->second) ? pair->first : pair->second;
}

/*
 * Adds to an endpoint of the back tier. A new one goes to the emptier of its two buckets, so that a
 * table which is at most half full always has room (Azar et al., "Balanced Allocations", 1994).
 * @forced ignores max_endpoints.
 *
 * Return: false if there was no room.
 */
static __always_inline int back__add(const volatile struct table_config *config, void *buckets,
				     struct table_shared *shared, const struct endpoint *key,
				     __u32 count, bool forced)
{
	struct bucket_pair pair;
	int added;

	if (!back__find(config, buckets, key, &pair))
		return false;
	if (pair__add(&pair, key, count))
		return true;
	bpf_spin_lock(&shared->lock);
	/* Another CPU may have inserted it meanwhile. */
	added = pair__add(&pair, key, count);
	if (!added && (forced || shared->used < config->max_endpoints)) {
		added = bucket__insert(pair__emptier(&pair), pair.tag, key, count);
		shared->used += added;
	} else if (!added && shared->used == config->max_endpoints) {
		shared->used++;
	}
	bpf_spin_unlock(&shared->lock);
	return added;
}

/* Even: reserved; lookups skip it and inserts do not claim it. */
#define TAG_RESERVED 2

static __always_inline bool bucket__claim(struct table_bucket *bucket, __u32 tag,
					  const struct endpoint *key, __u32 count)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (__sync_val_compare_and_swap(&bucket->tags[way], 0, TAG_RESERVED))
			continue;
		bucket->entries[way].key = *key;
		bucket->counts[way] = count;
		barrier();
		bucket->tags[way] = tag;
		return true;
	}
	return false;
}

/*
 * back__add() without a lock, for a table without a front tier, which ignores max_endpoints and
 * uses all ways of its buckets. It may interrupt itself at any point without a loss. Two CPUs that
 * add the same new endpoint at once may each make an entry, and a reader adds the two up; or if
 * only one way is free, the slower CPU finds none, and its count is lost although the endpoint is
 * listed.
 */
static __always_inline bool back__add_lockless(const volatile struct table_config *config,
					       void *buckets, const struct endpoint *key,
					       __u32 count)
{
	struct bucket_pair pair;

	if (!back__find(config, buckets, key, &pair))
		return false;
	return pair__add(&pair, key, count) ||
	       bucket__claim(pair__emptier(&pair), pair.tag, key, count) ||
	       bucket__claim(pair.first, pair.tag, key, count) ||
	       bucket__claim(pair.second, pair.tag, key, count);
}

static __always_inline bool back__has(const volatile struct table_config *config, void *buckets,
				      const struct endpoint *key)
{
	struct bucket_pair pair;

	return back__find(config, buckets, key, &pair) &&
	       (bucket__has(pair.first, pair.tag, key) || bucket__has(pair.second, pair.tag, key));
}

/* A back tier that has refused an endpoint is not searched: its counts stay right, but no longer
 * grow. While all endpoints have a place in it, each eviction adds to it. */
static __always_inline bool back__is_full(const volatile struct table_config *config,
					  const struct table_shared *shared)
{
	return shared->used > config->max_endpoints;
}

/* The way with the smallest upper, without branches: under a flood none could be predicted. @ways:
 * a constant */
static __always_inline __u32 smallest_way(const __u32 *upper, int ways)
{
	__u64 smallest[TABLE_WAYS];

	for (int way = 0; way < TABLE_WAYS; way++)
		smallest[way] = way < ways ? (__u64)upper[way] << 3 | way : ~0ull >> 1;
	for (int half = TABLE_WAYS / 2; half; half /= 2)
		for (int way = 0; way < half; way++) {
			__s64 difference = smallest[way + half] - smallest[way];
			__s64 if_smaller = difference >> 63;

			barrier_var(if_smaller); /* clang would turn it back into a branch */
			smallest[way] += difference & if_smaller;
		}
	return smallest[0] & (TABLE_WAYS - 1);
}

static __always_inline bool set__has(const struct table_set *set, int way,
				     const struct table_query *query)
{
	return set->tags[way] == hash__tag(query->hash) &&
	       endpoint__equal(&set->entries[way].key, &query->key);
}

enum hit { HIT, HIT_NONE, HIT_FULL };

/**
 * set__hit() - count SYNs of an endpoint that has an entry in its set
 *
 * Return: HIT_NONE if it has none, HIT_FULL if its entry cannot take any more.
 */
static __always_inline enum hit set__hit(struct table_set *set, const struct table_query *query)
{
	for (int way = 0; way < TABLE_WAYS; way++) {
		if (!set__has(set, way, query))
			continue;
		if (set->upper[way] >= UPPER_SPILL)
			return HIT_FULL;
		set->upper[way] += query->count;
		return HIT;
	}
	return HIT_NONE;
}

/* Records that an entry's count is lost: readers derive the lost SYNs from those that are left. */
static __always_inline void set__lose(struct table_set *set, __u32 way)
{
	__u32 upper = set->upper[way];

	if (upper > set->lost_max)
		set->lost_max = upper;
}

/** set__spill() - move an entry's count to the back tier, or else record its loss */
static __always_inline void set__spill(const volatile struct table_config *config,
				       struct table_set *set, __u32 way, void *buckets,
				       struct table_shared *shared, bool forced)
{
	const struct table_entry *entry = &set->entries[way];
	__u32 count = set->upper[way] - entry->error;

	if (count && !back__add(config, buckets, shared, &entry->key, count, forced))
		set__lose(set, way);
}

/* The entry of an endpoint that has one. */
static __always_inline __u32 set__own(const struct table_set *set, const struct table_query *query)
{
	__u32 own = 0;

	for (int way = 0; way < TABLE_WAYS; way++)
		if (set__has(set, way, query))
			own = way;
	return own;
}

/**
 * set__put() - make a new entry, in which an endpoint's SYNs are counted, out of an old one
 *
 * SYNs beyond the end of 32 bits are lost.
 */
static __always_inline void set__put(struct table_set *set, __u32 way,
				     const struct table_query *query)
{
	__u32 lost_max = set->lost_max;

	set->entries[way].key = query->key;
	set->entries[way].error = lost_max;
	set->tags[way] = hash__tag(query->hash);
	set->upper[way] = query->count < UPPER_MAX - lost_max ? lost_max + query->count : UPPER_MAX;
}

/*
 * A sequence is odd while SYNs may be in two places. As in bucket__insert(), the barriers suffice
 * on x86 only: on arm64 a reader may miss a change.
 */
static __always_inline void sequence__begin(__u32 *sequence)
{
	++*sequence;
	barrier();
}

static __always_inline void sequence__end(__u32 *sequence)
{
	barrier();
	++*sequence;
}

/* The hash without the bits that choose a register. It ends with a one, so that counting zeros does
 * as well. */
static __always_inline __u64 hll__rest(__u64 hash)
{
	return hash >> HLL_BITS | 1ull << (64 - HLL_BITS);
}

/** hll__is_new() - true if a hash raises its register: soon that becomes rare */
static __always_inline bool hll__is_new(const __u8 *registers, __u64 hash)
{
	__u8 rank = registers[hash % HLL_REGISTERS];

	return !(hll__rest(hash) & ((1ull << (rank & 63)) - 1)) && rank <= 64 - HLL_BITS;
}

/**
 * hll__add() - note a distinct endpoint (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier, AofA 2007)
 *
 * A register holds the largest number of trailing zeros seen, plus one. Testing that many low bits
 * tells whether this hash has more of them.
 */
static __always_inline void hll__add(__u8 *registers, __u64 hash)
{
	__u8 *rank = &registers[hash % HLL_REGISTERS];

	for (int i = 0; i <= 64 - HLL_BITS && hll__is_new(registers, hash); i++)
		++*rank;
}

#endif
