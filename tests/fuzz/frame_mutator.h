// SPDX-License-Identifier: GPL-2.0-only
// frame_mutator: the custom mutator of a target whose input is a frame.
#ifndef TESTS_FUZZ_FRAME_MUTATOR_H
#define TESTS_FUZZ_FRAME_MUTATOR_H

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

/* Half of the mutations are libFuzzer's, half know the structure of frames. */
size_t LLVMFuzzerCustomMutator(__u8 *data, size_t size, size_t max, unsigned int seed)
{
	struct rng rng;

	rng__seed(&rng, seed, 0);
	if (rng__below(&rng, 2))
		return LLVMFuzzerMutate(data, size, max);
	return mutate(&rng, data, size, max);
}

#endif
