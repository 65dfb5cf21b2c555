// SPDX-License-Identifier: GPL-2.0-only
// traffic: frames by kind, built in memory and added to a feeder batch by batch.
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
	__u32 sources_log2; /* sources are drawn at random from 2^N */
	bool one_cpu_only;
	int class; /* enum frame_class of all frames; CLASS_COUNT: a mixture */
	const struct frame_list *capture;
};

/* One batch for one CPU. Equal batches have equal frames. */
struct traffic_batch {
	__u64 seed;
	__u32 frames;     /* at most; the feeder may be full before */
	bool each_once;   /* the sources in turn, instead of at random */
	__u32 first_turn; /* the first one of them */
};

/** traffic__fill() - clear a feeder and add a batch to it. */
void traffic__fill(const struct traffic *traffic, const struct traffic_batch *batch,
		   struct feeder *feeder);

#endif
