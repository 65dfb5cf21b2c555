// SPDX-License-Identifier: GPL-2.0-only
// rate_history: what is cheap to read of watched interfaces, once a second, with some minutes of
// history.
#include "ctl/monitor/rate_history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"

#define SHORTEST_NS 300000000ull /* a rate of less time, after a key, says nothing */

static struct pulse *find(const struct pulses *pulses, const char *interface)
{
	for (size_t i = 0; i < pulses->count; i++)
		if (!strcmp(pulses->list[i].interface, interface))
			return &pulses->list[i];
	return NULL;
}

const struct pulse *pulses__find(const struct pulses *pulses, const char *interface)
{
	return find(pulses, interface);
}

struct pulse_point pulse__latest(const struct pulse *pulse)
{
	return pulse->count ? pulse->points[pulse->count - 1] : (struct pulse_point){};
}

static void add_point(struct pulse *pulse, double syns_pps, double frames_pps)
{
	struct timespec now;

	if (pulse->count == PULSE_POINTS)
		memmove(pulse->points, pulse->points + 1,
			--pulse->count * sizeof(pulse->points[0]));
	clock_gettime(CLOCK_REALTIME, &now);
	pulse->points[pulse->count++] = (struct pulse_point){
		.time_ns = now.tv_sec * 1000000000ull + now.tv_nsec,
		.syns_pps = syns_pps,
		.frames_pps = frames_pps,
	};
}

static void read_one(const struct watched *watched, struct pulse *pulse)
{
	struct snapshot now;
	__u64 frames = pulse->frames, bytes = pulse->bytes, syns = pulse->classes[CLASS_SYN];
	__u64 last_ns = pulse->read_at_ns;
	double seconds;

	if (clock__now_ns() - last_ns < SHORTEST_NS)
		return;
	pulse->bits_per_second = 0;
	pulse->read_at_ns = clock__now_ns();
	if (!watched->dataplane || snapshot__read_counts(watched->dataplane, &now, NULL)) {
		add_point(pulse, 0, 0);
		return;
	}
	pulse->frames = now.packets;
	pulse->bytes = now.bytes;
	memcpy(pulse->classes, now.classes, sizeof(pulse->classes));
	/* Other maps have counted from zero since. */
	if (pulse->attached_at_ns != watched->attachment.record.attached_at_ns)
		frames = bytes = syns = 0;
	pulse->attached_at_ns = watched->attachment.record.attached_at_ns;
	if (!last_ns)
		return;
	seconds = (pulse->read_at_ns - last_ns) / 1e9;
	pulse->bits_per_second = 8 * (pulse->bytes - bytes) / seconds;
	add_point(pulse, (pulse->classes[CLASS_SYN] - syns) / seconds,
		  (pulse->frames - frames) / seconds);
}

/* Each has its place in the same order. */
static int follow(struct pulses *pulses, const struct watch *watch)
{
	struct pulse *list = calloc(watch->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < watch->count; i++) {
		const struct pulse *known = find(pulses, watch->list[i].interface);

		if (known)
			list[i] = *known;
		else
			snprintf(list[i].interface, IFNAMSIZ, "%s", watch->list[i].interface);
	}
	free(pulses->list);
	*pulses = (struct pulses){.list = list, .count = watch->count};
	return 0;
}

static bool is_same(const struct pulses *pulses, const struct watch *watch)
{
	bool same = pulses->count == watch->count;

	for (size_t i = 0; same && i < watch->count; i++)
		same = !strcmp(pulses->list[i].interface, watch->list[i].interface);
	return same;
}

int pulses__read(struct pulses *pulses, const struct watch *watch)
{
	if (!is_same(pulses, watch) && follow(pulses, watch))
		return -ENOMEM;
	for (size_t i = 0; i < watch->count; i++)
		read_one(&watch->list[i], &pulses->list[i]);
	return 0;
}

void pulses__free(struct pulses *pulses)
{
	free(pulses->list);
	*pulses = (struct pulses){};
}
