// SPDX-License-Identifier: GPL-2.0-only
// large_memory: memory for arrays of many megabytes, in huge pages where the kernel offers them.
#ifndef COMMON_BASE_LARGE_MEMORY_H
#define COMMON_BASE_LARGE_MEMORY_H

#include <stddef.h>

/**
 * large_memory__new() - memory for an array, not initialized
 *
 * A page that is touched for the first time costs up to a microsecond, in virtual machines far
 * more: with small pages, as much as everything else that is done with large arrays. Huge pages
 * that are never touched take no memory.
 *
 * Return: aligned for any type, freed by free(); NULL if there is no memory.
 */
void *large_memory__new(size_t count, size_t element_bytes);

/**
 * large_memory__new_zeros() - as large_memory__new(), for an array of zeros
 *
 * What is never written to costs no memory, and a page fault per huge page where it is read.
 */
void *large_memory__new_zeros(size_t count, size_t element_bytes);

/**
 * large_memory__prepare_heap() - let malloc() take its next megabytes from huge pages
 *
 * For libraries that allocate on their own: libbpf copies the kernel's BTF twice. Best effort.
 */
void large_memory__prepare_heap(size_t bytes);

#endif
