// SPDX-License-Identifier: GPL-2.0-only
// notify_queue: events that a consumer has not had yet, within bounds.
#include "common/events/notify_queue.h"

#include <stdlib.h>
#include <string.h>

static void remove_item(struct notify_queue *queue, size_t number)
{
	free(queue->items[number].line);
	queue->count--;
	memmove(&queue->items[number], &queue->items[number + 1],
		(queue->count - number) * sizeof(queue->items[0]));
}

static bool has_end(const struct notify_queue *queue, const struct journal_record *added,
		    const char *id)
{
	if (added->phase == PHASE_ENDED && !strcmp(added->id, id))
		return true;
	for (size_t i = 0; i < queue->count; i++)
		if (queue->items[i].phase == PHASE_ENDED && !strcmp(queue->items[i].id, id))
			return true;
	return false;
}

/* The item that is missed least, now that another is added. */
static size_t least_important(const struct notify_queue *queue, const struct journal_record *added)
{
	size_t oldest = queue->first_is_busy;

	for (size_t i = oldest; i < queue->count; i++)
		if (queue->items[i].phase == PHASE_UPDATE)
			return i;
	for (size_t i = oldest; i < queue->count; i++)
		if (queue->items[i].phase == PHASE_BEGAN &&
		    has_end(queue, added, queue->items[i].id))
			return i;
	return oldest;
}

void notify_queue__push(struct notify_queue *queue, const struct journal_record *record)
{
	struct notify_item *item;

	if (queue->count == NOTIFY_QUEUE_ITEMS) {
		remove_item(queue, least_important(queue, record));
		queue->lost++;
	}
	item = &queue->items[queue->count];
	item->line = strndup(record->line, record->bytes);
	if (!item->line) {
		queue->lost++;
		return;
	}
	item->sequence = record->sequence;
	item->phase = record->phase;
	memcpy(item->event, record->event, sizeof(item->event));
	memcpy(item->id, record->id, sizeof(item->id));
	queue->count++;
}

void notify_queue__pop(struct notify_queue *queue)
{
	queue->first_is_busy = false;
	if (queue->count)
		remove_item(queue, 0);
}

void notify_queue__free(struct notify_queue *queue)
{
	while (queue->count)
		remove_item(queue, 0);
}
