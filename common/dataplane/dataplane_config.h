// SPDX-License-Identifier: GPL-2.0-only
// dataplane_config: what a dataplane is to be, before it is loaded.
#ifndef COMMON_DATAPLANE_DATAPLANE_CONFIG_H
#define COMMON_DATAPLANE_DATAPLANE_CONFIG_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/abi.h"

struct dataplane;
struct policy_maps;

/* Whether the program copies headers of some frames into rings. */
enum sampling {
	SAMPLING_OFF,
	SAMPLING_KEPT, /* with the rings of `maps_of`, if it has any; else it is off */
	SAMPLING_NEW,  /* with new rings */
};

struct dataplane_config {
	enum dataplane_kind kind;
	/* DATAPLANE_DEVICE: the device that runs it; 0: none, the CPU runs it instead (for tests).
	 */
	__u32 device_ifindex;
	__u32 cpus;        /* rows of the maps by CPU; 0: for all possible CPUs */
	__u32 max_sources; /* 0: the default of its kind; a device may accept fewer */
	/* Only DATAPLANE_CPU: */
	bool pairs;     /* also count SYN-ACKs, FINs and RSTs by victim */
	bool completed; /* make a table for completed connections */
	bool raw_ip;    /* frames start with the IP header: see common/netdev/link_layer.h */
	/* Load as a replacement of this function of that program (freplace); 0 or less: none. */
	int target_fd;
	const char *target_function;
	/* Decide by this policy, which the caller still owns; NULL: every frame passes. */
	const struct policy_maps *policy;
	bool peek;          /* decide, but leave the policy's state as it is */
	bool virtual_clock; /* the policy's time is that of verdict_counters */
	enum sampling sampling;
	/* Use the maps, and so the kind and tables, of this dataplane, which the caller still owns;
	 * those that it lacks are new. NULL: new maps. */
	const struct dataplane *maps_of;
};

#endif
