// SPDX-License-Identifier: GPL-2.0-only
// hash: which set, bucket and tag of a table belong to an endpoint; for BPF and for the host.
#ifndef COMMON_ABI_HASH_H
#define COMMON_ABI_HASH_H

#include <linux/types.h>

#include "common/abi/abi.h"
#include "common/abi/compiler.h"

#define CACHE_LINE_BYTES 64

static __always_inline __u64 hash__mix(__u64 hash)
{
	hash ^= hash >> 32;
	hash *= 0xff51afd7ed558ccdull; /* of MurmurHash3's finalizer (Appleby) */
	return hash ^ hash >> 33;
}

/* The port and the family. */
static __always_inline __u32 endpoint__last(const struct endpoint *key)
{
	return key->port | (__u32)key->family << 16;
}

/**
 * endpoint__hash() - the keyed hash of an endpoint
 *
 * Pair-multiply-shift with secret seeds, strongly universal (Thorup, "High Speed Hashing for
 * Integers and Strings", 2015, 3.5): without the seeds, no one can make endpoints collide more
 * often than by chance. The result is then mixed, because neighbours, such as the addresses of one
 * prefix, would otherwise follow each other at a fixed distance. The top bits choose the set and
 * the bucket, those below are tags, and the lowest count distinct sources.
 */
static __always_inline __u64 endpoint__hash(const volatile struct table_config *config,
					    const struct endpoint *key)
{
	const volatile __u64 *seeds = config->seeds;
	__u64 last = endpoint__last(key);
	__u64 hash;

	hash = (seeds[0] + key->address[1]) * (seeds[1] + key->address[0]);
	hash += (seeds[2] + key->address[3]) * (seeds[3] + key->address[2]);
	hash += seeds[4] * (seeds[5] + last);
	return hash__mix(hash);
}

/** hash__ipv4_part() - the part of the hash that all IPv4 sources share: they have no port */
static __always_inline __u64 hash__ipv4_part(const struct table_config *config)
{
	const __u64 *seeds = config->seeds;

	return seeds[2] * seeds[3] + seeds[4] * (seeds[5] + ((__u64)ENDPOINT_IPV4 << 16));
}

/** ipv4_source__hash() - endpoint__hash() of an IPv4 source, with one multiplication before mixing
 */
static __always_inline __u64 ipv4_source__hash(const volatile struct table_config *config,
					       __u64 ipv4_part, __be32 address)
{
	return hash__mix(config->seeds[0] * (config->seeds[1] + address) + ipv4_part);
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

/* 8 bytes of a key that is at a multiple of 8 bytes. */
static __always_inline __u64 endpoint__wide_word(const struct endpoint *key, int number)
{
	const char *start = (const char *)key + number * sizeof(__u64);
	__u64 word;

	__builtin_memcpy(&word, __builtin_assume_aligned(start, 8), sizeof(word));
	return word;
}

/* Both keys are at multiples of 8 bytes. One test at the end instead of one per word: fewer
 * branches for the CPU to predict and for the verifier to follow. Each word says its alignment:
 * clang 14 and 19 load the second half of a copy of 16 bytes byte by byte. */
static __always_inline bool endpoint__equal(const struct endpoint *a, const struct endpoint *b)
{
	__u32 last_a, last_b;

	__builtin_memcpy(&last_a, &a->port, sizeof(last_a));
	__builtin_memcpy(&last_b, &b->port, sizeof(last_b));
	return !((endpoint__wide_word(a, 0) ^ endpoint__wide_word(b, 0)) |
		 (endpoint__wide_word(a, 1) ^ endpoint__wide_word(b, 1)) | (last_a ^ last_b));
}

/** endpoint__is_ipv4_source() - true if the front tier keeps a source in a struct ipv4_set: not
 * 0.0.0.0, which is the address of a free way */
static __always_inline bool endpoint__is_ipv4_source(const struct endpoint *key)
{
	return key->family == ENDPOINT_IPV4 && key->address[0];
}

/* Not keyed: an attacker who makes victims share a slot gains nothing but what the slots save. */
static __always_inline __u32 victim__slot(const struct endpoint *victim)
{
	__u32 words = victim->address[0] ^ victim->address[1] ^ victim->address[2] ^
		      victim->address[3] ^ endpoint__last(victim);

	return words * 0x9e3779b1u >> 29; /* multiplicative hashing by the golden ratio (Knuth) */
}

_Static_assert(VICTIM_SLOTS == 1 << (32 - 29), "victim__slot() has three bits");

/* The two choices of bucket must be independent: the second one scales the lower half. */
static __always_inline __u32 bucket__number(__u64 hash, __u32 buckets, int choice)
{
	return hash__scale(choice ? hash << 32 : hash, buckets);
}

static __always_inline __u32 bucket__tag(__u64 hash)
{
	return (__u32)hash | 1;
}

#endif
