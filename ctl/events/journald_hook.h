// SPDX-License-Identifier: GPL-2.0-only
// journald_hook: queue events for the systemd journal.
#ifndef CTL_EVENTS_JOURNALD_HOOK_H
#define CTL_EVENTS_JOURNALD_HOOK_H

#include <stdbool.h>

#include "common/events/notify_queue.h"

struct journald_hook {
	int fd;
	struct notify_queue queue;
	__u64 done; /* the highest sequence that was sent or given up */
	__u64 sent;
	__u64 failures;  /* messages that cannot be sent */
	bool is_missing; /* there is no journal; it is tried again */
};

/** journald_hook__open() - open its socket. Return: 0 or a negative errno. */
int journald_hook__open(struct journald_hook *hook);

/** journald_hook__run() - send what is queued, as far as that is possible without waiting. */
void journald_hook__run(struct journald_hook *hook);

/** journald_hook__close() - close and free. */
void journald_hook__close(struct journald_hook *hook);

#endif
