// SPDX-License-Identifier: GPL-2.0-only
// rate_history: what is cheap to read of watched interfaces, once a second, with some minutes of
// history.
#ifndef CTL_MONITOR_RATE_HISTORY_H
#define CTL_MONITOR_RATE_HISTORY_H

#include "ctl/monitor/watch.h"

#define PULSE_POINTS 512

struct pulse_point {
	__u64 time_ns; /* since 1970 */
	double syns_pps;
	double frames_pps;
};

struct pulse {
	char interface[IFNAMSIZ];
	__u64 attached_at_ns; /* of whose counters: others start anew */
	__u64 read_at_ns;
	__u64 frames;
	__u64 bytes;
	__u64 classes[CLASS_COUNT];
	double bits_per_second;
	struct pulse_point points[PULSE_POINTS]; /* the latest last */
	size_t count;
};

struct pulses {
	struct pulse *list;
	size_t count;
};

/**
 * pulses__read() - read the counters of all CPUs, of every interface that is watched
 * @pulses: zeros at first. Interfaces that are no longer watched are forgotten
 *
 * Return: 0, or -ENOMEM.
 */
int pulses__read(struct pulses *pulses, const struct watch *watch);

/** pulses__find() - an interface's, or NULL. */
const struct pulse *pulses__find(const struct pulses *pulses, const char *interface);

/** pulse__latest() - the last point; of zeros where there is none yet. */
struct pulse_point pulse__latest(const struct pulse *pulse);

/** pulses__free() - free what it holds. */
void pulses__free(struct pulses *pulses);

#endif
