// SPDX-License-Identifier: GPL-2.0-only
// lock: wait for the lock on a directory for a bounded time, and say which process holds it.
#ifndef COMMON_ATTACH_LOCK_H
#define COMMON_ATTACH_LOCK_H

#include <stdbool.h>

#include "common/base/errmsg.h"

#define LOCK_TIMEOUT_S 10
#define LOCK_NAME "lock"

/**
 * lock__take() - flock() a directory, exclusively
 * @fd: of the directory; the lock is held until lock__release()
 * @path: its path, for messages
 * @patient: wait up to LOCK_TIMEOUT_S; else do not wait
 *
 * Signals end the wait, unless they are blocked or ignored.
 *
 * Return: 0, or a negative errno with @why set: -ETIMEDOUT if another process holds it, naming
 * that.
 */
int lock__take(int fd, const char *path, bool patient, struct errmsg *why);

/**
 * lock__directory() - take the writers' lock on what is in a directory of bpffs
 * @directory: the lock is a directory LOCK_NAME in it, which only its owner can open
 * @patient: as above
 *
 * Return: a descriptor, with which the lock is held until lock__release(); or as above.
 */
int lock__directory(const char *directory, bool patient, struct errmsg *why);

/** lock__release() - close a descriptor with which a lock is held; a negative one is ignored. */
void lock__release(int fd);

/**
 * lock__on_wait() - have a wait reported once it exceeds half a second
 * @note: called with a line that names the process that is waited for; NULL for none
 * @opaque: passed to @note
 */
void lock__on_wait(void (*note)(void *opaque, const char *text), void *opaque);

#endif
