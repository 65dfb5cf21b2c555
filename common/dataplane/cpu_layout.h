// SPDX-License-Identifier: GPL-2.0-only
// cpu_layout: the maps of a dataplane that runs on the CPUs, and how large they are.
#ifndef COMMON_DATAPLANE_CPU_LAYOUT_H
#define COMMON_DATAPLANE_CPU_LAYOUT_H

#include "common/dataplane/backend.h"

enum { FRONT, BACK, TIERS };

/* The two tiers of each table follow each other. */
#define TABLE_MAP(table, tier) (TABLE_MAPS + TIERS * (table) + (tier))

enum map {
	COUNTERS_MAP,
	SHARED_MAP,
	UNACCOUNTED_MAP,
	IPV4_MAP,
	VERDICTS_MAP,
	SLOTS_MAP,
	CONTROL_MAP,
	TABLE_MAPS,
	MAPS = TABLE_MAP(TABLE_COUNT, FRONT)
};

_Static_assert((int)MAPS <= BACKEND_MAX_MAPS, "too many tables: raise BACKEND_MAX_MAPS");

extern const struct backend_map cpu_layout_maps[MAPS];

/** cpu_layout__choose() - sizes and seeds of new maps, without a policy. Return: 0, or a negative
 * errno with @why set. */
int cpu_layout__choose(const struct dataplane_config *config, struct dataplane_layout *ret,
		       struct errmsg *why);

/** cpu_layout__add_policy() - add what a program that judges needs; what is there already stays. */
void cpu_layout__add_policy(struct dataplane_layout *layout);

/** cpu_layout__map_entries() - the entries of a map; 0: there is no such map. */
__u64 cpu_layout__map_entries(const struct dataplane_layout *layout, int map);

#endif
