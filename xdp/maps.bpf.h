// SPDX-License-Identifier: GPL-2.0-only
// maps: where the programs put what they count.
//
// All that user space reads is in mappable arrays: it is scanned in place, without stopping the
// writers and without a system call an entry. What a CPU has for itself is one entry, or one row of
// sets, of an array by CPU number: a per-CPU map could not be mapped, and is limited to 32 KiB.
#ifndef XDP_MAPS_BPF_H
#define XDP_MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "common/abi/abi.h"
#include "xdp/table.bpf.h"

/* Set before the load: sizes, and the secret by which endpoints are hashed. */
const volatile struct table_config table_configs[TABLE_COUNT];

/* max_entries of the maps that follow are set before the load: by CPUs and table_configs. Those of
 * a table that is not there are not created. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_counters);
} counters_map SEC(".maps");

struct front_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table_set);
} sources_front SEC(".maps"), victims_front SEC(".maps"), syn_acks_front SEC(".maps"),
	fins_front SEC(".maps"), rsts_front SEC(".maps");

struct back_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table_bucket);
} sources_back SEC(".maps"), victims_back SEC(".maps"), completed_back SEC(".maps"),
	syn_acks_back SEC(".maps"), fins_back SEC(".maps"), rsts_back SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TABLE_COUNT);
	__type(key, __u32);
	__type(value, struct table_shared);
} shared_map SEC(".maps");

#endif
