// SPDX-License-Identifier: GPL-2.0-only
// part: xdpctl's program with some of its parts only, on tables of the default size.
//
// The including file has the program. What a part costs is its difference from the program without
// it; they overlap on the CPU, so that these do not add up.
#ifndef PERF_PART_BPF_H
#define PERF_PART_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "common/abi/abi.h"
#include "common/abi/compiler.h"
#include "common/abi/hash.h"
#include "xdp/table.bpf.h"

/* In place of xdp/maps.bpf.h, whose sizes user space sets before the load. */
#define XDP_MAPS_BPF_H

#define LAB_CPUS 16
#define LAB_SETS 12288
#define LAB_IPV4_SETS 16384
#define LAB_VICTIMS_SETS 512
#define LAB_BUCKETS(endpoints) (2 * (endpoints) / TABLE_WAYS + 2)
#ifndef LAB_MAX_ENDPOINTS
#define LAB_MAX_ENDPOINTS DEFAULT_MAX_SOURCES
#endif

/* Nobody attacks the lab. */
#define SEED(n) (0x9e3779b97f4a7c15ull * (2 * (n) + 1))
#define SEEDS                                                        \
	{                                                            \
		SEED(1), SEED(2), SEED(3), SEED(4), SEED(5), SEED(6) \
	}

const volatile bool multi_buffer = 1;
const volatile struct table_config table_configs[TABLE_COUNT] = {
	[TABLE_SOURCES] = {.seeds = SEEDS,
			   .sets = LAB_SETS,
			   .ipv4_sets = LAB_IPV4_SETS,
			   .buckets = LAB_BUCKETS(DEFAULT_MAX_SOURCES),
			   .max_endpoints = LAB_MAX_ENDPOINTS},
	[TABLE_VICTIMS] = {.seeds = SEEDS,
			   .sets = LAB_VICTIMS_SETS,
			   .buckets = LAB_BUCKETS(DEFAULT_MAX_VICTIMS),
			   .max_endpoints = DEFAULT_MAX_VICTIMS},
};
const volatile __u64 ipv4_part =
	SEED(3) * SEED(4) + SEED(5) * (SEED(6) + ((__u64)ENDPOINT_IPV4 << 16));

#define LAB_ARRAY(map, value_type, count)         \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, (count));     \
		__type(key, __u32);               \
		__type(value, value_type);        \
	} map SEC(".maps")

#define LAB_TABLE(table, sets, buckets)                               \
	LAB_ARRAY(table##_front, struct table_set, LAB_CPUS *(sets)); \
	LAB_ARRAY(table##_back, struct table_bucket, (buckets))

LAB_ARRAY(counters_map, struct cpu_counters, LAB_CPUS);
LAB_ARRAY(shared_map, struct table_shared, TABLE_COUNT);
LAB_ARRAY(sources_ipv4, struct ipv4_group, LAB_CPUS *LAB_IPV4_SETS / IPV4_GROUP_SETS);
LAB_TABLE(sources, LAB_SETS, LAB_BUCKETS(DEFAULT_MAX_SOURCES));
LAB_TABLE(victims, LAB_VICTIMS_SETS, LAB_BUCKETS(DEFAULT_MAX_VICTIMS));
LAB_TABLE(syn_acks, 1, 1);
LAB_TABLE(fins, 1, 1);
LAB_TABLE(rsts, 1, 1);
LAB_TABLE(dropped, 1, 1);

#include "xdp/count.bpf.h"
#include "xdp/frame.bpf.h"

/* Counts the class of a frame. Return: NULL if it is no SYN. */
static __always_inline struct cpu_counters *lab_classify(struct xdp_md *context, __u32 cpu,
							 struct request *request)
{
	struct frame frame = frame_of(context);
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);
	enum frame_class class = classify_and_describe(&frame, DETAIL_SYNS, request);

	barrier_var(class); /* as in the dataplane */
	if (!counters || class >= CLASS_COUNT)
		return NULL;
	counters->classes[class]++;
	counters->verdicts[XDP_PASS]++;
	counters->bytes += frame_bytes(&frame);
	return class == CLASS_SYN ? counters : NULL;
}

char LICENSE[] SEC("license") = "GPL";

#endif
