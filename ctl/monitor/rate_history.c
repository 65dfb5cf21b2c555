// SPDX-License-Identifier: GPL-2.0-only
// rate_history: per-second rates of watched interfaces over the last minutes.
#include "ctl/monitor/rate_history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/dataplane/read.h"

#define SHORTEST_NS 300000000ull /* the rate of a shorter time is noise */

static struct rate_history *history_find(const struct rate_histories *histories,
					 const char *interface)
{
	for (size_t i = 0; i < histories->count; i++)
		if (!strcmp(histories->list[i].interface, interface))
			return &histories->list[i];
	return NULL;
}

const struct rate_history *rate_histories__find(const struct rate_histories *histories,
						const char *interface)
{
	return history_find(histories, interface);
}

struct rate_point rate_history__latest(const struct rate_history *history)
{
	return history->count ? history->points[history->count - 1] : (struct rate_point){};
}

static void add_point(struct rate_history *history, double syns_pps, double frames_pps)
{
	if (history->count == RATE_POINTS)
		memmove(history->points, history->points + 1,
			--history->count * sizeof(history->points[0]));
	history->points[history->count++] = (struct rate_point){
		.time_ns = clock__wall_ns(),
		.syns_pps = syns_pps,
		.frames_pps = frames_pps,
	};
}

static void history_read(const struct watched *watched, struct rate_history *history)
{
	struct snapshot now;
	__u64 frames = history->frames, bytes = history->bytes, syns = history->classes[CLASS_SYN];
	__u64 last_ns = history->read_at_ns;
	double seconds;

	if (clock__now_ns() - last_ns < SHORTEST_NS)
		return;
	history->bits_per_second = 0;
	history->read_at_ns = clock__now_ns();
	if (!watched->dataplane || dataplane__read_counts(watched->dataplane, &now, NULL)) {
		add_point(history, 0, 0);
		return;
	}
	history->frames = now.packets;
	history->bytes = now.bytes;
	memcpy(history->classes, now.classes, sizeof(history->classes));
	/* New maps have counted from zero. */
	if (history->attached_at_ns != watched->attachment.record.attached_at_ns)
		frames = bytes = syns = 0;
	history->attached_at_ns = watched->attachment.record.attached_at_ns;
	if (!last_ns)
		return;
	seconds = (history->read_at_ns - last_ns) / 1e9;
	history->bits_per_second = 8 * (history->bytes - bytes) / seconds;
	add_point(history, (history->classes[CLASS_SYN] - syns) / seconds,
		  (history->frames - frames) / seconds);
}

/* One history per watched interface, in the same order. */
static int histories_follow(struct rate_histories *histories, const struct watch *watch)
{
	struct rate_history *list = calloc(watch->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < watch->count; i++) {
		const struct rate_history *known =
			history_find(histories, watch->list[i].interface);

		if (known)
			list[i] = *known;
		else
			snprintf(list[i].interface, IFNAMSIZ, "%s", watch->list[i].interface);
	}
	free(histories->list);
	*histories = (struct rate_histories){.list = list, .count = watch->count};
	return 0;
}

static bool histories_match(const struct rate_histories *histories, const struct watch *watch)
{
	bool same = histories->count == watch->count;

	for (size_t i = 0; same && i < watch->count; i++)
		same = !strcmp(histories->list[i].interface, watch->list[i].interface);
	return same;
}

int rate_histories__read(struct rate_histories *histories, const struct watch *watch)
{
	if (!histories_match(histories, watch) && histories_follow(histories, watch))
		return -ENOMEM;
	for (size_t i = 0; i < watch->count; i++)
		history_read(&watch->list[i], &histories->list[i]);
	return 0;
}

void rate_histories__free(struct rate_histories *histories)
{
	free(histories->list);
	*histories = (struct rate_histories){};
}
