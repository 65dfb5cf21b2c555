// SPDX-License-Identifier: GPL-2.0-only
// memory_file: the bytes of an input as a file.
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <stddef.h>
#include <stdio.h>

/** memory_file__open() - open @data, owned by the caller, for reading. */
FILE *memory_file__open(const void *data, size_t bytes);

/** memory_file__path() - the path of an empty file in memory. */
const char *memory_file__path(void);

#endif
