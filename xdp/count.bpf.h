// SPDX-License-Identifier: GPL-2.0-only
// count: one SYN more for its source and for its victim.
#ifndef XDP_COUNT_BPF_H
#define XDP_COUNT_BPF_H

#include "maps.bpf.h"
#include "parse.bpf.h"

/* One table, chosen by constants: inlined, because map lookups are where the map is known. */
static __always_inline int count_endpoint(struct cpu_counters *counters, __u32 cpu,
					  enum table table, void *front, void *back,
					  struct table_query *query)
{
	const volatile struct table_config *config = &table_configs[table];
	struct table_shared *shared;
	struct table_set *set;
	__u32 number;

	query->full_way = -1;
	query->hash = endpoint__hash(config, &query->key);
	number = cpu * config->sets + hash__scale(query->hash, config->sets);
	set = bpf_map_lookup_elem(front, &number);
	if (!set)
		return 0;
	if (set__hit(set, query))
		return 1;
	number = table;
	shared = bpf_map_lookup_elem(&shared_map, &number);
	if (shared)
		set__replace(config, set, back, shared, query);
	return 0;
}

static __always_inline void count_syn(struct cpu_counters *counters, __u32 cpu,
				      const struct request *request)
{
	struct table_query query = {.key = request->source};
	int known;

	known = count_endpoint(counters, cpu, TABLE_SOURCES, &sources_front, &sources_back, &query);
	/* Who has an entry has been noted when it was made. */
	if (!known)
		hll__add(counters->distinct, query.hash);
	query.key = request->victim;
	count_endpoint(counters, cpu, TABLE_VICTIMS, &victims_front, &victims_back, &query);
}

#endif
