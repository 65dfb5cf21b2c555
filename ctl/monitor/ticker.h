// SPDX-License-Identifier: GPL-2.0-only
// ticker: deadlines at a fixed distance, until a signal asks to end or the reader is gone.
#ifndef CTL_MONITOR_TICKER_H
#define CTL_MONITOR_TICKER_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

struct ticker {
	int timer_fd;
	int signal_fd;        /* SIGINT, SIGTERM, SIGHUP; blocked from now on */
	bool outlives_reader; /* do not end when nobody reads standard output any more */
};

enum ticker_event {
	TICKER_TICK,
	TICKER_READY, /* the other file descriptor has something to read */
	TICKER_END,   /* a signal, or nobody reads standard output any more */
};

/**
 * ticker__open() - the first deadline is one interval from now
 *
 * Deadlines do not drift. One that is missed, for example by a suspended machine, is left out.
 *
 * Return: 0 with *@ret to be closed by ticker__close(), or a negative errno with @why set.
 */
int ticker__open(__u64 interval_ns, struct ticker *ret, struct errmsg *why);

/**
 * ticker__wait() - until the next event
 * @other_fd: also wake up when it can be read; -1: none
 */
enum ticker_event ticker__wait(const struct ticker *ticker, int other_fd);

/** ticker__close() - the signals stay blocked, for the process is about to end. */
void ticker__close(struct ticker *ticker);

#endif
