// SPDX-License-Identifier: GPL-2.0-only
// table: SYNs per endpoint, exact while endpoints fit, bounded beyond. Also compiles on the host.
//
// Two tiers. In front every CPU has a set-associative table of its own: an endpoint's keyed hash
// chooses a set of eight, and its SYNs are counted there without atomics. Who finds no place in
// the set takes that of the one with the smallest count (Space-Saving: Metwally, Agrawal, El
// Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005). What
// is evicted spills its count into the back tier, which all CPUs share: a hash table of buckets
// that keeps max_endpoints endpoints exactly. Only when that is full does an eviction lose
// anything, and the set remembers how much at most.
//
// The bounds, for one endpoint and one CPU. Let "unspilled" be the SYNs that arrived on this CPU
// less those that were added to the back tier. Then
//     in the set:      upper - error <= unspilled <= upper
//     not in the set:              0 <= unspilled <= lost_max
// by induction over arrivals: upper - error counts arrivals since the entry was made or last
// spilled, which gives the lower bounds. Upper bounds: a new entry has error = lost_max, which
// bounds what arrived and was lost before, and upper = error + 1; a hit adds one to both sides; a
// spill takes upper - error off both, and leaves error, which is at most lost_max, because lost_max
// never shrinks; a loss raises lost_max to upper at least. So the true count lies between the sum
// over CPUs of the lower bounds plus the back tier's count, and that of the upper bounds; and each
// SYN is in exactly one of: some entry's upper - error, the back tier, or lost. How many are lost
// is therefore known without a counter of its own: all SYNs less the other two.
//
// With at most max_endpoints endpoints the back tier never refuses one, nothing is lost, lost_max
// and so every error stay zero, and the bounds meet. With more, an endpoint that has had more SYNs
// than its set's N / 8 (of N lost ones) is never evicted unseen: those are the ones that matter.
#ifndef XDP_TABLE_BPF_H
#define XDP_TABLE_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "common/abi/abi.h"
#include "xdp/frame.bpf.h"

/* From here on an entry moves its count to the back tier, long before 32 bits are full. */
#define UPPER_SPILL 0x80000000u
#define UPPER_MAX 0xffffffffu

#define CACHE_LINE_BYTES 64

/* Asks for all cache lines of a set or bucket at once: what they hold decides which are needed, one
 * after the other, and each would be waited for. */
static __always_inline void prefetch_lines(const void *start, __u32 bytes)
{
	for (__u32 offset = 0; offset < bytes; offset += CACHE_LINE_BYTES)
		(void)*(const volatile __u64 *)((const char *)start + offset);
}

/* What all CPUs share of a table; the lock is only for the first SYNs of an endpoint that spill. */
struct table_shared {
	struct bpf_spin_lock lock;
	__u32 used; /* endpoints in the back tier */
};

/**
 * endpoint__hash() - where an endpoint belongs
 *
 * Pair-multiply-shift with secret seeds, strongly universal (Thorup, "High Speed Hashing for
 * Integers and Strings", 2015, 3.5), so that who does not know the seeds cannot make endpoints meet
 * more often than by chance; then mixed, because neighbours, such as the addresses of one prefix,
 * would otherwise follow each other at a fixed distance. The top bits choose the set and the
 * bucket, those below are tags, and the lowest count distinct sources.
 */
static __always_inline __u64 endpoint__hash(const volatile struct table_config *config,
					    const struct endpoint *key)
{
	const volatile __u64 *seeds = config->seeds;
	__u64 last = key->port | (__u32)key->family << 16;
	__u64 hash;

	hash = (seeds[0] + key->address[1]) * (seeds[1] + key->address[0]);
	hash += (seeds[2] + key->address[3]) * (seeds[3] + key->address[2]);
	hash += seeds[4] * (seeds[5] + last);
	hash ^= hash >> 32;
	hash *= 0xff51afd7ed558ccdull; /* of MurmurHash3's finalizer (Appleby) */
	return hash ^ hash >> 33;
}

/* The top 32 bits scaled to a range (Lemire, "Fast Random Integer Generation in an Interval"). */
static __always_inline __u32 hash__scale(__u64 hash, __u32 range)
{
	return (hash >> 32) * range >> 32;
}

static __always_inline __u16 hash__tag(__u64 hash)
{
	return hash >> 16;
}

/* Both keys lie at multiples of 8 bytes. One test at the end instead of one a word: fewer branches
 * to guess for the CPU, and to follow for the verifier. */
static __always_inline int endpoint__equal(const struct endpoint *a, const struct endpoint *b)
{
	__u64 x[2], y[2];
	__u32 last_x, last_y;

	__builtin_memcpy(x, __builtin_assume_aligned(a, 8), sizeof(x));
	__builtin_memcpy(y, __builtin_assume_aligned(b, 8), sizeof(y));
	__builtin_memcpy(&last_x, &a->port, sizeof(last_x));
	__builtin_memcpy(&last_y, &b->port, sizeof(last_y));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (last_x ^ last_y));
}

/* The bucket's two choices must not depend on each other: the lower half is scaled as well. */
static __always_inline __u32 bucket__number(__u64 hash, __u32 buckets, int choice)
{
	return hash__scale(choice ? hash << 32 : hash, buckets);
}

static __always_inline __u32 bucket__tag(__u64 hash)
{
	return (__u32)hash | 1;
}

static __always_inline int bucket__add(struct table_bucket *bucket, __u32 tag,
				       const struct endpoint *key, __u32 count)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (bucket->tags[way] != tag || !endpoint__equal(&bucket->entries[way].key, key))
			continue;
		__sync_fetch_and_add(&bucket->counts[way], count);
		return 1;
	}
	return 0;
}

static __always_inline int bucket__has(const struct table_bucket *bucket, __u32 tag,
				       const struct endpoint *key)
{
	for (int way = 0; way < BUCKET_WAYS; way++)
		if (bucket->tags[way] == tag && endpoint__equal(&bucket->entries[way].key, key))
			return 1;
	return 0;
}

static __always_inline int bucket__used(const struct table_bucket *bucket)
{
	int used = 0;

	for (int way = 0; way < BUCKET_WAYS; way++)
		used += bucket->tags[way] & 1; /* of every tag in use */
	return used;
}

static __always_inline int bucket__insert(struct table_bucket *bucket, __u32 tag,
					  const struct endpoint *key, __u32 count)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (bucket->tags[way])
			continue;
		bucket->entries[way].key = *key;
		bucket->counts[way] = count;
		asm volatile("" ::: "memory");
		bucket->tags[way] = tag; /* last: from now on it is found */
		return 1;
	}
	return 0;
}

/* Where an endpoint of the back tier is, if it is there: in one of two buckets. */
struct bucket_pair {
	struct table_bucket *first;
	struct table_bucket *second;
	__u32 tag;
};

/* Return: are there buckets? */
static __always_inline int back__find(const volatile struct table_config *config, void *buckets,
				      const struct endpoint *key, struct bucket_pair *ret)
{
	__u64 hash = endpoint__hash(config, key);
	__u32 first_number = bucket__number(hash, config->buckets, 0);
	__u32 second_number = bucket__number(hash, config->buckets, 1);

	ret->first = bpf_map_lookup_elem(buckets, &first_number);
	ret->second = bpf_map_lookup_elem(buckets, &second_number);
	ret->tag = bucket__tag(hash);
	if (!ret->first || !ret->second)
		return 0;
	prefetch_lines(ret->first, sizeof(*ret->first));
	prefetch_lines(ret->second, sizeof(*ret->second));
	return 1;
}

static __always_inline int pair__add(const struct bucket_pair *pair, const struct endpoint *key,
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
 * Adds to an endpoint of the back tier; a new one goes to the emptier of its two buckets, which
 * lets a table that is half full take all that come (Azar et al., "Balanced Allocations", 1994).
 * Forced, it may exceed max_endpoints.
 *
 * Return: was there a place?
 */
static __always_inline int back__add(const volatile struct table_config *config, void *buckets,
				     struct table_shared *shared, const struct endpoint *key,
				     __u32 count, int forced)
{
	struct bucket_pair pair;
	int added;

	if (!back__find(config, buckets, key, &pair))
		return 0;
	if (pair__add(&pair, key, count))
		return 1;
	bpf_spin_lock(&shared->lock);
	/* Another CPU may have been faster. */
	added = pair__add(&pair, key, count);
	if (!added && (forced || shared->used < config->max_endpoints)) {
		added = bucket__insert(pair__emptier(&pair), pair.tag, key, count);
		shared->used += added;
	}
	bpf_spin_unlock(&shared->lock);
	return added;
}

/* An even tag: nobody finds it, nobody takes its place. */
#define TAG_TAKEN 2

static __always_inline int bucket__claim(struct table_bucket *bucket, __u32 tag,
					 const struct endpoint *key, __u32 count)
{
	for (int way = 0; way < BUCKET_WAYS; way++) {
		if (__sync_val_compare_and_swap(&bucket->tags[way], 0, TAG_TAKEN))
			continue;
		bucket->entries[way].key = *key;
		bucket->counts[way] = count;
		asm volatile("" ::: "memory");
		bucket->tags[way] = tag;
		return 1;
	}
	return 0;
}

/*
 * The same without a lock, for a table that has no front and is never asked for less than all its
 * room: whatever this interrupts, or is interrupted by, loses nothing. Two CPUs that add the same
 * new endpoint at once may each give it a place, and a reader adds both up; or if there is but one
 * left, the slower one finds none, and what it adds is lost although the endpoint is listed.
 */
static __always_inline int back__add_lockless(const volatile struct table_config *config,
					      void *buckets, const struct endpoint *key,
					      __u32 count)
{
	struct bucket_pair pair;

	if (!back__find(config, buckets, key, &pair))
		return 0;
	return pair__add(&pair, key, count) ||
	       bucket__claim(pair__emptier(&pair), pair.tag, key, count) ||
	       bucket__claim(pair.first, pair.tag, key, count) ||
	       bucket__claim(pair.second, pair.tag, key, count);
}

static __always_inline int back__has(const volatile struct table_config *config, void *buckets,
				     const struct endpoint *key)
{
	struct bucket_pair pair;

	return back__find(config, buckets, key, &pair) &&
	       (bucket__has(pair.first, pair.tag, key) || bucket__has(pair.second, pair.tag, key));
}

/* A full back tier is not asked: what it keeps stays right, but no longer grows. */
static __always_inline int back__is_full(const volatile struct table_config *config,
					 const struct table_shared *shared)
{
	return shared->used >= config->max_endpoints;
}

/* The way with the smallest upper, found without branches: in a flood each would be a coin toss. */
static __always_inline __u32 set__smallest(const struct table_set *set)
{
	__u64 smallest[TABLE_WAYS];

	for (int way = 0; way < TABLE_WAYS; way++)
		smallest[way] = (__u64)set->upper[way] << 3 | way;
	for (int half = TABLE_WAYS / 2; half; half /= 2)
		for (int way = 0; way < half; way++) {
			__s64 difference = smallest[way + half] - smallest[way];
			__s64 if_smaller = difference >> 63;

			barrier_var(if_smaller); /* clang would turn it back into a branch */
			smallest[way] += difference & if_smaller;
		}
	return smallest[0] & (TABLE_WAYS - 1);
}

/**
 * set__hit() - count a SYN of an endpoint that has an entry in its set
 *
 * Return: has it, and was it counted?
 */
static __always_inline int set__hit(struct table_set *set, struct table_query *query)
{
	__u16 tag = hash__tag(query->hash);

	for (int way = 0; way < TABLE_WAYS; way++) {
		if (set->tags[way] != tag || !endpoint__equal(&set->entries[way].key, &query->key))
			continue;
		if (set->upper[way] < UPPER_SPILL) {
			set->upper[way]++;
			return 1;
		}
		query->full_way = way;
	}
	return 0;
}

/*
 * Takes the count off an entry. Where the back tier is full, which is where it must be fast, only
 * the head of the set is read: how much is lost follows from what is left, when somebody asks.
 */
static __always_inline void set__spill(const volatile struct table_config *config,
				       struct table_set *set, __u32 way, void *buckets,
				       struct table_shared *shared, int forced)
{
	struct table_entry *entry = &set->entries[way];
	__u32 upper = set->upper[way];

	if ((forced || !back__is_full(config, shared)) &&
	    (upper == entry->error ||
	     back__add(config, buckets, shared, &entry->key, upper - entry->error, forced)))
		return;
	if (upper > set->lost_max)
		set->lost_max = upper;
}

/**
 * set__replace() - make a new entry for an endpoint, and count its SYN
 *
 * It takes the place of its own full entry or else of the smallest one. In the extreme, where what
 * was lost does not fit 32 bits, its SYN is lost as well.
 */
static __noinline __attribute__((unused)) void
set__replace(const volatile struct table_config *config, struct table_set *set, void *buckets,
	     struct table_shared *shared, const struct table_query *query)
{
	int is_full = query->full_way >= 0;
	__u32 way = (is_full ? (__u32)query->full_way : set__smallest(set)) % TABLE_WAYS;
	__u32 lost_max;

	set__spill(config, set, way, buckets, shared, is_full);
	lost_max = set->lost_max;
	set->sequence++;
	asm volatile("" ::: "memory");
	set->entries[way].key = query->key;
	set->entries[way].error = lost_max;
	set->tags[way] = hash__tag(query->hash);
	set->upper[way] = lost_max + (lost_max != UPPER_MAX);
	asm volatile("" ::: "memory");
	set->sequence++;
}

/**
 * hll__add() - note a distinct endpoint (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier, AofA 2007)
 *
 * A register holds the most trailing zeros seen, plus one. Whether this hash has more is one test
 * of as many low bits, which in the long run is rarely true.
 */
static __always_inline void hll__add(__u8 *registers, __u64 hash)
{
	__u8 *rank = &registers[hash % HLL_REGISTERS];
	__u64 rest = hash >> HLL_BITS | 1ull << (64 - HLL_BITS);

	for (int i = 0; i <= 64 - HLL_BITS && !(rest & ((1ull << (*rank & 63)) - 1)); i++)
		++*rank;
}

#endif
