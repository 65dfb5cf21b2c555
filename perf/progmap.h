// SPDX-License-Identifier: GPL-2.0-only
// progmap: the maps of a loaded program: find, sum, measure.
#ifndef PERF_PROGMAP_H
#define PERF_PROGMAP_H

#include <linux/types.h>

/**
 * progmap__open() - open the map of a program whose name starts with @prefix
 *
 * Return: a file descriptor owned by the caller, or a negative errno: -ENOENT if there is none.
 */
int progmap__open(int program_fd, const char *prefix);

/**
 * progmap__sum_cpus() - add up the leading words of a per-CPU array's first entry
 * @words: number of 64-bit words; the value has at least as many
 *
 * Return: 0 with @ret filled, or a negative errno.
 */
int progmap__sum_cpus(int map_fd, __u32 words, __u64 *ret);

/**
 * progmap__sum_values() - add up all values, of 64 bits each, of a hash map
 *
 * Return: 0 with *@ret set, or a negative errno.
 */
int progmap__sum_values(int map_fd, __u64 *ret);

/** progmap__memory_bytes() - the memory of all maps of a program by the kernel; 0: unknown. */
__u64 progmap__memory_bytes(int program_fd);

#endif
