// SPDX-License-Identifier: GPL-2.0-only
// ticker: periodic deadlines, until a signal asks to end or standard output is closed.
#ifndef CTL_MONITOR_TICKER_H
#define CTL_MONITOR_TICKER_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

struct ticker {
	int timer_fd;
	int signal_fd;        /* SIGINT, SIGTERM, SIGHUP; they stay blocked */
	bool outlives_reader; /* go on when the reader of standard output has closed it */
	bool tells_hangup;    /* SIGHUP is TICKER_HANGUP, not TICKER_END */
};

enum ticker_event {
	TICKER_TICK,
	TICKER_READY, /* the other file descriptor is readable */
	TICKER_HANGUP,
	TICKER_END, /* a signal, or standard output was closed by its reader */
};

/**
 * ticker__open() - start; the first deadline is one interval from now
 *
 * Deadlines do not drift. Missed ones, for example during a suspend, are skipped.
 *
 * Return: 0 with *@ret to be closed by ticker__close(), or a negative errno with @why set.
 */
int ticker__open(__u64 interval_ns, struct ticker *ret, struct errmsg *why);

/**
 * ticker__wait() - wait for the next event
 * @other_fd: also wake up when it is readable, or when a handled signal has arrived; -1: none
 */
enum ticker_event ticker__wait(const struct ticker *ticker, int other_fd);

/** ticker__close() - close; the signals stay blocked, since the process is about to end. */
void ticker__close(struct ticker *ticker);

#endif
