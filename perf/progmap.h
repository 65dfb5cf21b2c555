// SPDX-License-Identifier: GPL-2.0-only
// progmap: the maps of a loaded program: found by name, summed up, weighed.
#ifndef PERF_PROGMAP_H
#define PERF_PROGMAP_H

#include <linux/types.h>

/**
 * progmap__open() - a program's map whose name begins with @prefix
 *
 * Return: a file descriptor owned by the caller, or a negative errno: -ENOENT without one.
 */
int progmap__open(int program_fd, const char *prefix);

/**
 * progmap__sum_cpus() - add up the leading words of a per-CPU array's first entry
 * @words: so many 64-bit ones, which the value has at least
 *
 * Return: 0 with @ret filled, or a negative errno.
 */
int progmap__sum_cpus(int map_fd, __u32 words, __u64 *ret);

/**
 * progmap__sum_values() - add up the values, of 64 bits each, of a whole hash map
 *
 * Return: 0 with *@ret set, or a negative errno.
 */
int progmap__sum_values(int map_fd, __u64 *ret);

/** progmap__memory_bytes() - what all maps of a program take, as the kernel says; 0: unknown. */
__u64 progmap__memory_bytes(int program_fd);

#endif
