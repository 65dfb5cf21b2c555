// SPDX-License-Identifier: GPL-2.0-only
// rng: random numbers that are the same for the same seed on every machine.
//
// C leaves it to the compiler which argument of a call, or which member of an initializer, is
// evaluated first: no more than one of them may draw.
//
// Integers only: no libm, whose last bits differ between C libraries, and no floating point.
#ifndef PKTGEN_FRAMES_RNG_H
#define PKTGEN_FRAMES_RNG_H

#include <linux/types.h>

struct rng {
	__u64 state[4];
};

/**
 * rng__seed() - start a sequence
 * @seed: what the user chose
 * @stream: which of the independent sequences of that seed
 */
void rng__seed(struct rng *rng, __u64 seed, __u64 stream);

/** rng__next() - 64 random bits. */
__u64 rng__next(struct rng *rng);

/** rng__below() - a number from 0 to @limit - 1, each as likely as the others; @limit is not 0. */
__u32 rng__below(struct rng *rng, __u32 limit);

/**
 * rng__zipf() - a rank from 1 to @n, rank i with a probability proportional to 1/i
 *
 * In constant memory and time, whatever @n is.
 */
__u32 rng__zipf(struct rng *rng, __u32 n);

/** mix64() - spread the bits of @value; one to one. */
__u64 mix64(__u64 value);

/* A shuffle of the numbers below size that needs no memory for them. */
struct permutation {
	__u64 size;
	__u32 half_bits;
	__u64 keys[4];
};

/** permutation__init() - the shuffle that @seed stands for; @size is 1 to 2^62. */
void permutation__init(struct permutation *permutation, __u64 size, __u64 seed);

/** permutation__at() - what stands at place @index (below the size); no number stands twice. */
__u64 permutation__at(const struct permutation *permutation, __u64 index);

#endif
