// SPDX-License-Identifier: GPL-2.0-only
// watch: repeated readings of interfaces, with the differences, across resets and re-attachment.
#include "ctl/monitor/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/dataplane/read.h"
#include "common/netdev/netdev.h"

const char *const watched_state_names[WATCHED_STATES] = {
	[WATCHED_COUNTING] = "counting", [WATCHED_STALE] = "stale",
	[WATCHED_DETACHED] = "detached", [WATCHED_GONE] = "gone",
	[WATCHED_FAILED] = "failed",
};

bool watch__reads_heaviest(const struct watch *watch)
{
	return watch->heaviest && source_view__is_complete(&watch->view);
}

static void watched_close(struct watched *watched)
{
	snapshot__free(&watched->snapshot);
	watched->snapshot = (struct snapshot){};
	for (int i = 0; i < TABLE_COUNT; i++)
		table_history__free(&watched->histories[i]);
	dataplane__close(watched->dataplane);
	watched->dataplane = NULL;
}

/* Add what the maps counted since @before to the interval; NULL: they began from zero in it. */
static int watched_advance(const struct watch *watch, struct watched *watched,
			   const struct snapshot *before, struct errmsg *why)
{
	struct snapshot after = {};
	int err;

	if (watch__reads_heaviest(watch))
		err = dataplane__read_heaviest(watched->dataplane, watched->histories, &after, why);
	else
		err = dataplane__read(watched->dataplane, &after, why);
	if (err)
		return err;
	for (int i = 0; i < TABLE_COUNT; i++)
		if (table_kinds[i].list == TABLE_SOURCES)
			source_view__apply(&watch->view, &after.tallies[i]);
	err = interval__add(&watched->interval, before, &after, &watch->view);
	snapshot__free(&watched->snapshot);
	watched->snapshot = after;
	return err;
}

/* A reset and a new attachment write a new record; an upgrade keeps record and maps. */
static bool same_maps(const struct attachment *a, const struct attachment *b)
{
	return a->entry.netns == b->entry.netns && a->entry.ifindex == b->entry.ifindex &&
	       a->record.attached_at_ns == b->record.attached_at_ns;
}

/* Nothing has been counted in the watch's first interval, but its rows have totals. */
static int watched_start(const struct watch *watch, struct watched *watched, struct errmsg *why)
{
	int err;

	err = watched_advance(watch, watched, NULL, why);
	if (err || watch->readings)
		return err;
	interval__free(&watched->interval);
	return interval__add(&watched->interval, &watched->snapshot, &watched->snapshot,
			     &watch->view);
}

/* @current: what is attached now, taken over; NULL: nothing. */
static int watched_follow(const struct watch *watch, struct watched *watched,
			  struct dataplane *current, const struct attachment *attachment,
			  struct errmsg *why)
{
	int err = 0;

	if (watched->dataplane && current && same_maps(&watched->attachment, attachment)) {
		dataplane__close(current);
		watched->attachment = *attachment;
		return watched_advance(watch, watched, &watched->snapshot, why);
	}
	if (watched->dataplane) {
		err = watched_advance(watch, watched, &watched->snapshot, why);
		watched_close(watched);
	}
	if (!current)
		return err;
	watched->dataplane = current;
	watched->attachment = *attachment;
	return err ?: watched_start(watch, watched, why);
}

static enum watched_state state_of(int err, const struct attachment *attachment)
{
	switch (err) {
	case 0:
		return attachment->mode == ATTACH_NONE ? WATCHED_STALE : WATCHED_COUNTING;
	case -ENODEV:
		return WATCHED_GONE;
	case -ENOENT:
		return WATCHED_DETACHED;
	default:
		return WATCHED_FAILED;
	}
}

static int watched_read(const struct watch *watch, const struct registry *registry,
			struct watched *watched, struct errmsg *why)
{
	__u64 last_ns = watched->read_at_ns;
	struct dataplane *current = NULL;
	struct attachment attachment = {};
	int err;

	interval__free(&watched->interval);
	watched->why = (struct errmsg){};
	watched->err = attachment__open(registry, watched->interface, &current, &attachment,
					&watched->why);
	watched->state = state_of(watched->err, &attachment);
	watched->read_at_ns = clock__now_ns();
	err = watched_follow(watch, watched, current, &attachment, why);
	if (err)
		return err;
	watched->interval.interval_ns = last_ns ? watched->read_at_ns - last_ns : 0;
	/* The snapshot has the last window's estimate. Readers without write access have none. */
	if (watch->windows && watched->dataplane)
		dataplane__restart_window(watched->dataplane, NULL);
	for (int i = 0; i < TABLE_COUNT; i++)
		interval__sort(&watched->interval.tables[i], watch->view.order);
	return 0;
}

static int watch_add(struct watch *watch, const char *interface)
{
	struct watched *grown;

	for (size_t i = 0; i < watch->count; i++)
		if (!strcmp(watch->list[i].interface, interface))
			return 0;
	grown = reallocarray(watch->list, watch->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[watch->count] = (struct watched){};
	snprintf(grown[watch->count].interface, IFNAMSIZ, "%s", interface);
	/* The first interval of a later arrival begins at the last reading. */
	grown[watch->count].read_at_ns = watch->read_at_ns;
	watch->list = grown;
	watch->count++;
	return 0;
}

static int add_attached(void *opaque, struct attachment *attachment, struct errmsg *why)
{
	(void)why;
	return watch_add(opaque, attachment->interface);
}

/* Without names, an interface is dropped after the interval in which it was detached. */
static void drop_gone(struct watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->count; i++) {
		if (watch->names[0] || watch->list[i].dataplane)
			watch->list[kept++] = watch->list[i];
		else
			interval__free(&watch->list[i].interval);
	}
	watch->count = kept;
}

static int add_named(struct watch *watch, struct errmsg *why)
{
	int err = 0;

	for (size_t i = 0; !err && watch->names[i]; i++) {
		if (strlen(watch->names[i]) >= IFNAMSIZ)
			return netdev__index(watch->names[i], why);
		err = watch_add(watch, watch->names[i]);
	}
	return err;
}

int watch__read(struct watch *watch, struct errmsg *why)
{
	__u64 started_ns = clock__now_ns();
	struct registry *registry;
	int err;

	err = registry__open(REGISTRY_READ, &registry, why);
	if (err)
		return err;
	if (watch->readings)
		drop_gone(watch);
	err = watch->names[0] ? add_named(watch, why)
			      : attachment__each(registry, add_attached, watch, why);
	for (size_t i = 0; !err && i < watch->count; i++)
		err = watched_read(watch, registry, &watch->list[i], why);
	registry__close(registry);
	watch->readings += !err;
	watch->read_at_ns = started_ns;
	return err;
}

void watch__free(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->windows && watch->list[i].dataplane)
			dataplane__end_window(watch->list[i].dataplane);
		watched_close(&watch->list[i]);
		interval__free(&watch->list[i].interval);
	}
	free(watch->list);
	watch->list = NULL;
	watch->count = 0;
}

const char *watched__mode(const struct watched *watched)
{
	if (!watched->dataplane || watched->attachment.mode == ATTACH_NONE)
		return NULL;
	return attach_mode_names[watched->attachment.mode];
}
