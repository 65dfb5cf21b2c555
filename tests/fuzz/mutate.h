// SPDX-License-Identifier: GPL-2.0-only
// mutate: small changes to frames, mostly in fields that the parser reads.
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include "pktgen/frames/rng.h"

/**
 * mutate() - change a frame in one way
 * @frame: a buffer of @max bytes that holds @bytes
 *
 * Return: its new length, at most @max.
 */
__u32 mutate(struct rng *rng, __u8 *frame, __u32 bytes, __u32 max);

#endif
