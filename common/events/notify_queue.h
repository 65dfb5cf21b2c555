// SPDX-License-Identifier: GPL-2.0-only
// notify_queue: events that a consumer has not had yet, within bounds.
#ifndef COMMON_EVENTS_NOTIFY_QUEUE_H
#define COMMON_EVENTS_NOTIFY_QUEUE_H

#include <stdbool.h>

#include "common/events/journal_record.h"

#define NOTIFY_QUEUE_ITEMS 64

struct notify_item {
	__u64 sequence; /* 0: it is not in the journal */
	enum event_phase phase;
	char event[16];
	char id[EVENT_ID_TEXT_BYTES];
	char *line; /* without a newline */
};

/* Zeros are an empty queue. */
struct notify_queue {
	struct notify_item items[NOTIFY_QUEUE_ITEMS];
	size_t count;
	bool first_is_busy; /* set by the consumer while it delivers the first one */
	__u64 lost;         /* events that were dropped, since the start */
};

/**
 * notify_queue__push() - add an event at the end
 *
 * A full queue first drops its oldest update; then a beginning whose end is known too, as the end
 * says all of it; then its oldest event.
 */
void notify_queue__push(struct notify_queue *queue, const struct journal_record *record);

/** notify_queue__pop() - remove the first one. */
void notify_queue__pop(struct notify_queue *queue);

/** notify_queue__free() - remove all. */
void notify_queue__free(struct notify_queue *queue);

#endif
