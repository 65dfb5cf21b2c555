// SPDX-License-Identifier: GPL-2.0-only
// watch: repeated readings of interfaces, with the differences, across resets and re-attachment.
#include "ctl/monitor/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/attach/attachment_policy.h"
#include "common/base/clock.h"
#include "common/dataplane/read.h"
#include "common/netdev/netdev.h"

#define MAX_DETACHED                                                                 \
	256 /* of those that are kept; a host with containers makes new ones all day \
	     */

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
	watched->quiet_readings = 0;
	for (int i = 0; i < TABLE_COUNT; i++)
		table_history__free(&watched->histories[i]);
	dataplane__close(watched->dataplane);
	watched->dataplane = NULL;
}

/* True if every endpoint of a table has its row: none was left out. */
static bool is_complete(const struct tally *tally)
{
	return !tally->rest_total && !tally->unlisted_at_most;
}

/*
 * A copy is kept for the rates of the next interval, if endpoints were left out of the rows.
 * Return: false if the next snapshot cannot be compared to this one.
 */
static bool watched_drop_copies(const struct watch *watch, struct watched *watched)
{
	bool comparable = true;

	for (int i = 0; i < TABLE_COUNT; i++) {
		struct tally *tally = &watched->snapshot.tallies[i];

		comparable &= !tally->copy || watch->rates || is_complete(tally);
		if (watch->rates && !is_complete(tally)) {
			table_history__drop_before(&watched->histories[i]);
			continue;
		}
		table_history__free(&watched->histories[i]);
		tally->copy = NULL;
	}
	return comparable;
}

/*
 * Without a frame of the classes that tables count, the rows are still those of the last snapshot.
 * A frame is counted in its class before its endpoint is, so the first quiet reading does not tell.
 * With a policy, any frame may be counted for its source, and attacks end with time.
 * Return: true with *@ret set, whose tallies belong to the last snapshot.
 */
static bool watched_reuse(struct watched *watched, struct snapshot *ret)
{
	static const enum frame_class counted[] = {CLASS_SYN, CLASS_SYN_ACK, CLASS_FIN, CLASS_RST};
	const struct snapshot *last = &watched->snapshot;
	struct snapshot now;

	if (last->policy.counted || dataplane__read_counts(watched->dataplane, &now, NULL))
		return false;
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (now.classes[counted[i]] != last->classes[counted[i]])
			watched->quiet_readings = 0;
	if (last->tallies[TABLE_COMPLETED].counted || watched->quiet_readings++ < 2)
		return false;
	*ret = *last;
	ret->packets = now.packets;
	ret->bytes = now.bytes;
	memcpy(ret->classes, now.classes, sizeof(now.classes));
	memcpy(ret->verdicts, now.verdicts, sizeof(now.verdicts));
	return true;
}

static int watched_snapshot(const struct watch *watch, struct watched *watched,
			    struct snapshot *ret, struct errmsg *why)
{
	int err;

	if (watch__reads_heaviest(watch))
		err = dataplane__read_heaviest(watched->dataplane, watched->histories, ret, why);
	else
		err = dataplane__read(watched->dataplane, ret, why);
	if (!err)
		attachment__read_answers(&watched->attachment, &ret->policy);
	for (int i = 0; !err && i < TABLE_COUNT; i++)
		if (table_kind__has_sources(i))
			source_view__apply(&watch->view, &ret->tallies[i]);
	return err;
}

/* Add what the maps counted since @before to the interval; NULL: they began from zero in it. */
static int watched_advance(const struct watch *watch, struct watched *watched,
			   const struct snapshot *before, struct errmsg *why)
{
	bool reads_heaviest = watch__reads_heaviest(watch);
	struct snapshot after = {};
	bool reused;
	int err = 0;

	reused = reads_heaviest && before && (watched->is_comparable || !watch->rates) &&
		 watched_reuse(watched, &after);
	if (!reused)
		err = watched_snapshot(watch, watched, &after, why);
	if (err)
		return err;
	/* There are totals but no increments. */
	if (before && reads_heaviest && !watched->is_comparable)
		before = &after;
	if (watch->rates)
		err = interval__add(&watched->interval, before, &after, &watch->view);
	if (!reused)
		snapshot__free(&watched->snapshot);
	watched->snapshot = after;
	watched->is_comparable = watched_drop_copies(watch, watched);
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
	if (err || watch->readings || !watch->rates)
		return err;
	interval__free(&watched->interval);
	return interval__add(&watched->interval, &watched->snapshot, &watched->snapshot,
			     &watch->view);
}

/* Only an interface that is known to run nothing of ours is DETACHED or GONE. */
static enum watched_state state_of(int found, const struct attachment *attachment)
{
	if (found == -ENODEV)
		return WATCHED_GONE;
	if (found < 0)
		return WATCHED_FAILED;
	if (!found)
		return WATCHED_DETACHED;
	return attachment->mode == ATTACH_NONE ? WATCHED_STALE : WATCHED_COUNTING;
}

/* Open the maps of an attachment that was found. */
static void watched_open(struct watched *watched, struct attachment *attachment,
			 struct dataplane **ret)
{
	struct dataplane *opened;
	int err;

	err = attachment__reopen(attachment, &opened, &watched->why);
	if (!err) {
		err = dataplane__close_unused(opened, &watched->why);
		if (err)
			dataplane__close(opened);
		else
			*ret = opened;
	}
	if (err) {
		watched->state = WATCHED_FAILED;
		watched->err = err;
	}
}

/* An upgrade may have put a policy in force, or none any more: it keeps the maps, and may add some.
 */
static void watched_renew(struct watched *watched, struct attachment *attachment)
{
	struct dataplane *opened = NULL;

	watched_open(watched, attachment, &opened);
	if (!opened)
		return;
	dataplane__take_policy(watched->dataplane, opened);
	dataplane__close(opened);
}

/* Old maps are read a last time when they are replaced; if the state is unknown, they are kept. */
static int watched_follow(const struct watch *watch, const struct registry *registry,
			  struct watched *watched)
{
	struct dataplane *opened = NULL;
	struct attachment attachment = {};
	int found = attachment__find(registry, watched->interface, &attachment, &watched->why);
	bool same = found > 0 && watched->dataplane && same_maps(&watched->attachment, &attachment);
	int err = 0;

	watched->state = state_of(found, &attachment);
	watched->err = found < 0 ? found : found ? 0 : -ENOENT;
	if (!found)
		errmsg__set(&watched->why, -ENOENT,
			    "%s: not attached: 'xdpctl attach %s' starts it", watched->interface,
			    watched->interface);
	if (found > 0 && !same)
		watched_open(watched, &attachment, &opened);
	if (same && attachment.program.id != watched->attachment.program.id)
		watched_renew(watched, &attachment);
	if (watched->dataplane)
		err = watched_advance(watch, watched, &watched->snapshot, &watched->why);
	if (same)
		watched->attachment = attachment;
	else if (found >= 0 || found == -ENODEV)
		watched_close(watched);
	if (!opened)
		return err;
	watched->dataplane = opened;
	watched->attachment = attachment;
	watched->was_attached = true;
	return err ?: watched_start(watch, watched, &watched->why);
}

static void watched_read(const struct watch *watch, const struct registry *registry,
			 struct watched *watched)
{
	__u64 last_ns = watched->read_at_ns;
	int err;

	interval__free(&watched->interval);
	watched->why = (struct errmsg){};
	watched->read_at_ns = clock__now_ns();
	err = watched_follow(watch, registry, watched);
	if (err) {
		watched->err = err;
		watched->state = WATCHED_FAILED;
	}
	watched->interval.interval_ns = last_ns ? watched->read_at_ns - last_ns : 0;
	/* The snapshot has the last window's estimate. Readers without write access have none. */
	if (watch->windows && watched->dataplane)
		dataplane__restart_window(watched->dataplane, NULL);
	for (int i = 0; i < TABLE_COUNT; i++)
		interval__sort(&watched->interval.tables[i], watch->view.order);
}

struct watched *watch__find(const struct watch *watch, const char *interface)
{
	for (size_t i = 0; i < watch->count; i++)
		if (!strcmp(watch->list[i].interface, interface))
			return &watch->list[i];
	return NULL;
}

bool names__include(const char *const *names, const char *interface)
{
	if (!names || !names[0])
		return true;
	while (*names && strcmp(*names, interface))
		names++;
	return *names;
}

static int watch_add(struct watch *watch, const char *interface)
{
	struct watched *grown;

	if (watch__find(watch, interface))
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

static bool watch_keeps(const struct watch *watch, const struct watched *watched)
{
	return watch->names[0] || watched->dataplane ||
	       (watch->keeps_detached && watched->was_attached);
}

static void watch_remove(struct watch *watch, size_t number)
{
	interval__free(&watch->list[number].interval);
	watch->count--;
	memmove(&watch->list[number], &watch->list[number + 1],
		(watch->count - number) * sizeof(*watch->list));
}

/* Interfaces come and go: of those that are kept although detached, the oldest are dropped. */
static void watch_drop_detached(struct watch *watch)
{
	size_t detached = 0;

	for (size_t i = watch->count; i-- > 0;) {
		detached += !watch->list[i].dataplane;
		if (!watch_keeps(watch, &watch->list[i]) ||
		    (!watch->names[0] && !watch->list[i].dataplane && detached > MAX_DETACHED))
			watch_remove(watch, i);
	}
}

/* A reading holds one descriptor per interface, and some more while it is opened. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
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
		watch_drop_detached(watch);
	else
		raise_descriptor_limit();
	err = watch->names[0] ? add_named(watch, why)
			      : attachment__each(registry, add_attached, watch, why);
	for (size_t i = 0; !err && i < watch->count; i++)
		watched_read(watch, registry, &watch->list[i]);
	registry__close(registry);
	watch->readings += !err;
	watch->rate_readings = watch->rates ? watch->rate_readings + !err : 0;
	watch->read_at_ns = started_ns;
	return err;
}

int watch__check_names(const struct watch *watch, struct errmsg *why)
{
	for (size_t i = 0; i < watch->count; i++)
		if (watch->list[i].dataplane)
			return 0;
	if (!watch->names[0])
		return 0;
	*why = watch->list[0].why;
	return watch->list[0].err;
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
	watch->rate_readings = 0;
}

const char *watched__mode(const struct watched *watched)
{
	if (!watched->dataplane || watched->attachment.mode == ATTACH_NONE)
		return NULL;
	return attach_mode_names[watched->attachment.mode];
}
