// SPDX-License-Identifier: GPL-2.0-only
// rng: random numbers that depend on the seed alone, not on the machine.
//
// C does not specify the order in which arguments and initializers are evaluated: at most one of
// them may draw a number.
//
// Integers only: the last bits of libm and of floating point differ between machines.
#ifndef PKTGEN_FRAMES_RNG_H
#define PKTGEN_FRAMES_RNG_H

#include <linux/types.h>

struct rng {
	__u64 state[4];
};

/**
 * rng__seed() - start a sequence
 * @seed: chosen by the user
 * @stream: selects one of the independent sequences of @seed
 */
void rng__seed(struct rng *rng, __u64 seed, __u64 stream);

/** rng__next() - 64 random bits. */
__u64 rng__next(struct rng *rng);

/** rng__below() - a uniform number from 0 to @limit - 1; @limit is not 0. */
__u32 rng__below(struct rng *rng, __u32 limit);

/**
 * rng__zipf() - a rank from 1 to @n, rank i with a probability proportional to 1/i
 *
 * Takes constant memory and time.
 */
__u32 rng__zipf(struct rng *rng, __u32 n);

/** mix64() - mix the bits of @value; a bijection. */
__u64 mix64(__u64 value);

/* A permutation of the numbers below @size, in constant memory. */
struct permutation {
	__u64 size;
	__u32 half_bits;
	__u64 keys[4];
};

/** permutation__init() - the permutation of @seed; @size is 1 to 2^62. */
void permutation__init(struct permutation *permutation, __u64 size, __u64 seed);

/** permutation__at() - the number at @index, which is below the size. */
__u64 permutation__at(const struct permutation *permutation, __u64 index);

#endif
