// SPDX-License-Identifier: GPL-2.0-only
// memory_file: bytes of an input as a file.
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <stddef.h>
#include <stdio.h>

/** memory_file__open() - for reading; the bytes stay the caller's. */
FILE *memory_file__open(const void *data, size_t bytes);

/** memory_file__path() - of an empty file in memory, for code that wants a path. */
const char *memory_file__path(void);

#endif
