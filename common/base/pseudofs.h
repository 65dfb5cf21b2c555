// SPDX-License-Identifier: GPL-2.0-only
// pseudofs: the kernel's own file systems, read where they are mounted and where they are not.
#ifndef COMMON_BASE_PSEUDOFS_H
#define COMMON_BASE_PSEUDOFS_H

#include <stddef.h>

/**
 * pseudofs__mount_point() - where a file system of a type is mounted
 * @type: as in /proc/self/mounts: "tracefs"
 *
 * Return: 0 with @buf filled, -ENOENT where it is not mounted, or another negative errno.
 */
int pseudofs__mount_point(const char *type, char *buf, size_t buf_bytes);

/**
 * pseudofs__open() - the root directory of a file system, mounted or not
 *
 * Where it is not mounted, it is opened by a mount that has no place in the tree of files: nobody
 * else sees it, and it is gone when the descriptor is closed (kernel 5.2).
 *
 * Return: a file descriptor owned by the caller, or a negative errno.
 */
int pseudofs__open(const char *type);

/**
 * pseudofs__read() - the first line of a file, without its newline
 * @directory_fd: where @path begins, or AT_FDCWD
 *
 * Return: 0 with @buf filled, or a negative errno.
 */
int pseudofs__read(int directory_fd, const char *path, char *buf, size_t buf_bytes);

/** pseudofs__read_all() - the same, with all lines; -E2BIG where @buf is too small. */
int pseudofs__read_all(int directory_fd, const char *path, char *buf, size_t buf_bytes);

#endif
