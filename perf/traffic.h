// SPDX-License-Identifier: GPL-2.0-only
// traffic: frames by kind, made in memory and handed to a feeder batch by batch.
#ifndef PERF_TRAFFIC_H
#define PERF_TRAFFIC_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/abi.h"
#include "common/replay/feeder.h"
#include "perf/frame_list.h"

#define TRAFFIC_MAX_BYTES 96

/* A row of the table of kinds, or a capture. */
struct traffic {
	const char *name;
	const char *label;
	bool ipv6;
	bool vlan;
	bool udp;
	__u8 tcp_flags;
	__u32 sources_log2; /* senders are drawn from so many, at random */
	bool one_cpu_only;
	int class; /* enum frame_class of all frames; CLASS_COUNT: as they come */
	const struct frame_list *capture;
};

/* One batch, for one CPU. Equal ones are made of equal frames. */
struct traffic_batch {
	__u64 seed;
	__u32 frames;     /* at most; the feeder may be full before */
	bool each_once;   /* the sources in turn, not drawn: */
	__u32 first_turn; /* beginning with this one */
};

/** traffic__fill() - clear a feeder and put a batch into it. */
void traffic__fill(const struct traffic *traffic, const struct traffic_batch *batch,
		   struct feeder *feeder);

#endif
