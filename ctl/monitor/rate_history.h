// SPDX-License-Identifier: GPL-2.0-only
// rate_history: per-second rates of watched interfaces over the last minutes.
#ifndef CTL_MONITOR_RATE_HISTORY_H
#define CTL_MONITOR_RATE_HISTORY_H

#include "ctl/monitor/watch.h"

#define RATE_POINTS 512

struct rate_point {
	__u64 time_ns; /* since 1970 */
	double syns_pps;
	double frames_pps;
};

struct rate_history {
	char interface[IFNAMSIZ];
	__u64 attached_at_ns; /* identifies the maps: new ones count from zero */
	__u64 read_at_ns;
	__u64 frames;
	__u64 bytes;
	__u64 classes[CLASS_COUNT];
	double bits_per_second;
	struct rate_point points[RATE_POINTS]; /* oldest first */
	size_t count;
};

struct rate_histories {
	struct rate_history *list;
	size_t count;
};

/**
 * rate_histories__read() - add one point to the history of every watched interface
 * @histories: all zeros at first; histories of interfaces that are not watched any more are freed
 *
 * Reads only the counters, which is cheap; tables are not read.
 *
 * Return: 0, or -ENOMEM.
 */
int rate_histories__read(struct rate_histories *histories, const struct watch *watch);

/** rate_histories__find() - the history of an interface, or NULL. */
const struct rate_history *rate_histories__find(const struct rate_histories *histories,
						const char *interface);

/** rate_history__latest() - the latest point; all zeros if there is none. */
struct rate_point rate_history__latest(const struct rate_history *history);

/** rate_histories__free() - free everything it holds. */
void rate_histories__free(struct rate_histories *histories);

#endif
