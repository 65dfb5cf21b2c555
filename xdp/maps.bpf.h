// SPDX-License-Identifier: GPL-2.0-only
// maps: the maps that the programs count into.
//
// Everything that user space reads is in mmapable arrays: it is scanned in place, without stopping
// the writers and without a system call per entry. What belongs to a CPU is one entry, or one row
// of sets, in an array indexed by CPU number: per-CPU maps cannot be mapped, and are limited to 32
// KiB per value.
#ifndef XDP_MAPS_BPF_H
#define XDP_MAPS_BPF_H

#include <linux/bpf.h>

#ifdef __bpf__
#include <bpf/bpf_helpers.h>
#endif

#include "common/abi/abi.h"
#include "common/abi/compiler.h"
#include "xdp/table.bpf.h"

/* Set before the load: sizes, and the secret seeds of the hash. */
LOAD_CONSTANT struct table_config table_configs[TABLE_COUNT];
LOAD_CONSTANT __u64 ipv4_part; /* hash__ipv4_part() of the sources' table */

/* User space sets max_entries of these maps before the load, by the CPUs and table_configs. A map
 * without entries is not created. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_counters);
} counters_map SEC(".maps");

/* Frames on CPUs without counters: passed, but in no class. All those CPUs add to it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} unaccounted_map SEC(".maps");

struct front_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table_set);
};

struct back_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table_bucket);
};

/* Both tiers of every table: sources_front, sources_back and so on. */
#define TABLE_MAPS(constant, maps, name, label, list, class) \
	struct front_map maps##_front SEC(".maps");          \
	struct back_map maps##_back SEC(".maps");
TABLES(TABLE_MAPS)
#undef TABLE_MAPS

/* Of the sources' table, which alone is large enough to gain by it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ipv4_group);
} sources_ipv4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TABLE_COUNT);
	__type(key, __u32);
	__type(value, struct table_shared);
} shared_map SEC(".maps");

#endif
