// SPDX-License-Identifier: GPL-2.0-only
// lock_holder: which process holds the lock on a file.
#ifndef COMMON_BASE_LOCK_HOLDER_H
#define COMMON_BASE_LOCK_HOLDER_H

#include <sys/types.h>

#define LOCK_HOLDER_BYTES 192

/** lock_holder__find() - the process that holds a flock() on a file; 0: one that is not visible. */
pid_t lock_holder__find(int fd);

/** lock_holder__describe() - "another xdpctl (pid 123: attach eth0)". Return: @buf. */
const char *lock_holder__describe(int fd, char buf[LOCK_HOLDER_BYTES]);

#endif
