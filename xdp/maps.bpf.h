// SPDX-License-Identifier: GPL-2.0-only
// maps: where the programs put what they count.
#ifndef XDP_MAPS_BPF_H
#define XDP_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DEFAULT_MAX_SOURCES);
	__type(key, struct source);
	__type(value, __u64);
} sources_map SEC(".maps");

#endif
