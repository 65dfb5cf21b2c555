// SPDX-License-Identifier: GPL-2.0-only
// pseudofs: the kernel's pseudo file systems, read whether they are mounted or not.
#ifndef COMMON_BASE_PSEUDOFS_H
#define COMMON_BASE_PSEUDOFS_H

#include <stddef.h>

/**
 * pseudofs__mount_point() - find the mount point of a file system type
 * @type: as in /proc/self/mounts: "tracefs"
 *
 * Return: 0 with @buf filled, -ENOENT if it is not mounted, or another negative errno.
 */
int pseudofs__mount_point(const char *type, char *buf, size_t buf_bytes);

/**
 * pseudofs__open() - open the root directory of a file system, mounted or not
 *
 * If it is not mounted, it is opened through a detached mount, which no other process sees and
 * which ends when the descriptor is closed (kernel 5.2).
 *
 * Return: a file descriptor owned by the caller, or a negative errno.
 */
int pseudofs__open(const char *type);

/**
 * pseudofs__read() - read the first line of a file, without its newline
 * @directory_fd: the directory that @path is relative to, or AT_FDCWD
 *
 * Return: 0 with @buf filled, or a negative errno.
 */
int pseudofs__read(int directory_fd, const char *path, char *buf, size_t buf_bytes);

/** pseudofs__read_all() - read all lines; -E2BIG if @buf is too small. */
int pseudofs__read_all(int directory_fd, const char *path, char *buf, size_t buf_bytes);

#endif
