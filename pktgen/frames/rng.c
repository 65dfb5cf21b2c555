// SPDX-License-Identifier: GPL-2.0-only
// rng: random numbers that depend on the seed alone, not on the machine.
#include "pktgen/frames/rng.h"

#define ROUNDS 4
#define GOLDEN_GAMMA 0x9e3779b97f4a7c15ull /* 2^64 divided by the golden ratio, made odd */

/* The output function of SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014, with the constants of Stafford's variant 13. */
__u64 mix64(__u64 value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
	return value ^ (value >> 31);
}

void rng__seed(struct rng *rng, __u64 seed, __u64 stream)
{
	__u64 counter = mix64(seed + GOLDEN_GAMMA) ^ mix64(~stream);

	for (int i = 0; i < 4; i++)
		rng->state[i] = mix64(counter += GOLDEN_GAMMA);
}

static __u64 rotate_left(__u64 value, int bits)
{
	return value << bits | value >> (64 - bits);
}

/* xoshiro256**: Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47/4,
 * 2021. All four words zero would stay zero; rng__seed() cannot get there. */
__u64 rng__next(struct rng *rng)
{
	__u64 *s = rng->state;
	__u64 result = rotate_left(s[1] * 5, 7) * 9;
	__u64 shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate_left(s[3], 45);
	return result;
}

/* Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29/1, 2019: the upper half of
 * the product is the result; the few lower halves that would bias it are drawn again. */
__u32 rng__below(struct rng *rng, __u32 limit)
{
	__u64 product = (rng__next(rng) >> 32) * limit;

	if ((__u32)product < limit) {
		__u32 unfair = -limit % limit;

		while ((__u32)product < unfair)
			product = (rng__next(rng) >> 32) * limit;
	}
	return product >> 32;
}

static int bits_of(__u64 value)
{
	return value ? 64 - __builtin_clzll(value) : 0;
}

/*
 * Rejection sampling under a step function. In the octave [2^k, 2^(k+1)), 1/i is at most 1/2^k, so
 * each octave has an area of 1 under the steps: choose an octave, a rank i in it, and accept it
 * with probability 2^k/i. At least half of the draws are accepted, except for those beyond n.
 */
__u32 rng__zipf(struct rng *rng, __u32 n)
{
	__u32 octaves = bits_of(n);

	for (;;) {
		__u32 octave = rng__below(rng, octaves);
		__u64 random = rng__next(rng);
		__u64 start = 1ull << octave;
		__u64 rank = start + (random & (start - 1));

		if (rank <= n && (random >> 32) * rank < start << 32)
			return rank;
	}
}

void permutation__init(struct permutation *permutation, __u64 size, __u64 seed)
{
	struct rng rng;
	int bits = bits_of(size - 1);

	rng__seed(&rng, seed, 0x7065726d);
	permutation->size = size;
	permutation->half_bits = bits < 2 ? 1 : (bits + 1) / 2;
	for (int i = 0; i < ROUNDS; i++)
		permutation->keys[i] = rng__next(&rng);
}

/* A Feistel network (Luby, Rackoff, SIAM J. Comput. 17/2, 1988) is a bijection whatever its round
 * function. Its domain is at most four times the size of the shuffled range: a result
 * outside is shuffled again until it is inside ("cycle walking"), which keeps it a bijection. */
__u64 permutation__at(const struct permutation *permutation, __u64 index)
{
	__u32 bits = permutation->half_bits;
	__u64 mask = (1ull << bits) - 1;

	do {
		__u64 left = index >> bits, right = index & mask;

		for (int i = 0; i < ROUNDS; i++) {
			__u64 mixed = (right + permutation->keys[i]) * GOLDEN_GAMMA;
			__u64 next = left ^ ((mixed ^ mixed >> 32) * GOLDEN_GAMMA >> (64 - bits));

			left = right;
			right = next;
		}
		index = left << bits | right;
	} while (index >= permutation->size);
	return index;
}
