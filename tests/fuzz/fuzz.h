// SPDX-License-Identifier: GPL-2.0-only
// fuzz: the interface between libFuzzer and a target.
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

/** LLVMFuzzerTestOneInput() - try one input. Return: 0. */
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);

/** LLVMFuzzerCustomMutator() - change an input. Return: its new size. */
size_t LLVMFuzzerCustomMutator(__u8 *data, size_t size, size_t max, unsigned int seed);

/** LLVMFuzzerMutate() - libFuzzer's own mutation. */
size_t LLVMFuzzerMutate(__u8 *data, size_t size, size_t max);

/* Aborts with file and line if @condition is false, so that libFuzzer keeps the input. */
#define MUST(condition)                                                                         \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                \
		}                                                                               \
	} while (0)

#endif
