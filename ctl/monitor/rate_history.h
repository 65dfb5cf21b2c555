// SPDX-License-Identifier: GPL-2.0-only
// rate_history: what is cheap to read of watched interfaces, once a second, with some minutes of
// history.
#ifndef CTL_MONITOR_RATE_HISTORY_H
#define CTL_MONITOR_RATE_HISTORY_H

#include "ctl/monitor/watch.h"

#define PULSE_POINTS 512

struct rate_point {
	__u64 time_ns; /* since 1970 */
	double syns_pps;
	double frames_pps;
};

struct rate_history {
	char interface[IFNAMSIZ];
	__u64 attached_at_ns; /* of whose counters: others start anew */
	__u64 read_at_ns;
	__u64 frames;
	__u64 bytes;
	__u64 classes[CLASS_COUNT];
	double bits_per_second;
	struct rate_point points[PULSE_POINTS]; /* the latest last */
	size_t count;
};

struct rate_histories {
	struct rate_history *list;
	size_t count;
};

/**
 * rate_histories__read() - read the counters of all CPUs, of every interface that is watched
 * @histories: zeros at first. Interfaces that are no longer watched are forgotten
 *
 * Return: 0, or -ENOMEM.
 */
int rate_histories__read(struct rate_histories *histories, const struct watch *watch);

/** rate_histories__find() - an interface's, or NULL. */
const struct rate_history *rate_histories__find(const struct rate_histories *histories,
						const char *interface);

/** rate_history__latest() - the last point; of zeros where there is none yet. */
struct rate_point rate_history__latest(const struct rate_history *history);

/** rate_histories__free() - free what it holds. */
void rate_histories__free(struct rate_histories *histories);

#endif
