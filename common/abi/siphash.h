// SPDX-License-Identifier: GPL-2.0-only
// siphash: SipHash, a keyed hash that cannot be predicted without the key; for BPF and for the
// host.
//
// Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. A message is a number of words
// of 8 bytes, little-endian, and up to 7 bytes more, which the caller packs into the last word.
//
// SipHash-2-4 has two rounds a word and four at the end. Programs take SipHash-1-3, as the hash
// tables of Linux, Python and Rust do, whose keys are attacked in the same way: by hashes of
// messages that the attacker chooses. No attack on either is known that is better than trying keys.
// An attacker sees 16 bits of a hash, in a number that is good for 32 s, and each try costs a
// frame: guessing is cheaper than any such attack. A round is a chain of dependent instructions, as
// BPF has no rotation.
#ifndef COMMON_ABI_SIPHASH_H
#define COMMON_ABI_SIPHASH_H

#include <linux/types.h>

#include "common/abi/compiler.h"

struct siphash {
	__u64 v0, v1, v2, v3;
};

static __always_inline __u64 siphash__rotate(__u64 word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static __always_inline void siphash__round(struct siphash *hash)
{
	hash->v0 += hash->v1;
	hash->v2 += hash->v3;
	hash->v1 = siphash__rotate(hash->v1, 13) ^ hash->v0;
	hash->v3 = siphash__rotate(hash->v3, 16) ^ hash->v2;
	hash->v0 = siphash__rotate(hash->v0, 32);
	hash->v2 += hash->v1;
	hash->v0 += hash->v3;
	hash->v1 = siphash__rotate(hash->v1, 17) ^ hash->v2;
	hash->v3 = siphash__rotate(hash->v3, 21) ^ hash->v0;
	hash->v2 = siphash__rotate(hash->v2, 32);
}

static __always_inline void siphash__start(struct siphash *hash, const volatile __u64 key[2])
{
	__u64 low = key[0], high = key[1];

	hash->v0 = low ^ 0x736f6d6570736575ull;
	hash->v1 = high ^ 0x646f72616e646f6dull;
	hash->v2 = low ^ 0x6c7967656e657261ull;
	hash->v3 = high ^ 0x7465646279746573ull;
}

static __always_inline void siphash__rounds(struct siphash *hash, int rounds)
{
	for (int i = 0; i < rounds; i++)
		siphash__round(hash);
}

static __always_inline void siphash__compress(struct siphash *hash, __u64 word, int rounds)
{
	hash->v3 ^= word;
	siphash__rounds(hash, rounds);
	hash->v0 ^= word;
}

/**
 * siphash__finish() - the hash of a message
 * @rest: the message's last 0 to 7 bytes, zeros above them
 * @bytes: the length of all of it
 */
static __always_inline __u64 siphash__finish(struct siphash *hash, __u64 rest, __u8 bytes,
					     int rounds, int final_rounds)
{
	siphash__compress(hash, rest | (__u64)bytes << 56, rounds);
	hash->v2 ^= 0xff;
	siphash__rounds(hash, final_rounds);
	return hash->v0 ^ hash->v1 ^ hash->v2 ^ hash->v3;
}

/* SipHash-1-3. */

static __always_inline void siphash__add(struct siphash *hash, __u64 word)
{
	siphash__compress(hash, word, 1);
}

static __always_inline __u64 siphash__end(struct siphash *hash, __u64 rest, __u8 bytes)
{
	return siphash__finish(hash, rest, bytes, 1, 3);
}

#endif
