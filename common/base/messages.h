// SPDX-License-Identifier: GPL-2.0-only
// messages: lines for stderr, which never wait for its reader while a lock is held.
#ifndef COMMON_BASE_MESSAGES_H
#define COMMON_BASE_MESSAGES_H

/**
 * messages__print() - print to stderr
 * @text: with its newline
 *
 * While a lock is held, what cannot be written at once is kept: a pager that stops reading must not
 * hold the lock.
 */
void messages__print(const char *text);

/** messages__hold() - a lock was taken. Calls nest, and may come from any thread. */
void messages__hold(void);

/** messages__release() - a lock was released; after the last one, print what was kept. */
void messages__release(void);

#endif
