// SPDX-License-Identifier: GPL-2.0-only
// large_memory: memory for arrays of many megabytes, in huge pages where the kernel offers them.
#include "common/base/large_memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((size_t)2 << 20) /* x86; a multiple of it elsewhere does no harm */

static size_t whole_pages(size_t bytes)
{
	return (bytes + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
}

void *large_memory__new(size_t count, size_t element_bytes)
{
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, element_bytes, &bytes) ||
	    bytes > SIZE_MAX - HUGE_PAGE_BYTES)
		return NULL;
	if (bytes < HUGE_PAGE_BYTES)
		return malloc(bytes ? bytes : 1);
	memory = aligned_alloc(HUGE_PAGE_BYTES, whole_pages(bytes));
	if (memory)
		madvise(memory, whole_pages(bytes), MADV_HUGEPAGE);
	return memory;
}

void *large_memory__new_zeros(size_t count, size_t element_bytes)
{
	void *memory = large_memory__new(count, element_bytes);
	size_t bytes = count * element_bytes;

	if (!memory)
		return NULL;
	/* Whole pages of ours, which are zeros when they are next read. */
	if (bytes < HUGE_PAGE_BYTES || madvise(memory, whole_pages(bytes), MADV_DONTNEED))
		memset(memory, 0, bytes);
	return memory;
}

/* What is freed stays in the heap, unless it is more than a threshold. */
void large_memory__prepare_heap(size_t bytes)
{
	char *memory, *start;

	mallopt(M_MMAP_THRESHOLD, 2 * bytes);
	mallopt(M_TRIM_THRESHOLD, 2 * bytes);
	memory = malloc(bytes);
	start = (char *)whole_pages((uintptr_t)memory);
	if (memory)
		madvise(start, (memory + bytes - start) & -HUGE_PAGE_BYTES, MADV_HUGEPAGE);
	free(memory);
}
