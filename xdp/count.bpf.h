// SPDX-License-Identifier: GPL-2.0-only
// count: counts a SYN for its source and its victim.
#ifndef XDP_COUNT_BPF_H
#define XDP_COUNT_BPF_H

#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"

/* Inlined, because the verifier has to know the map of a lookup. */

static __always_inline struct table_set *find_set(void *front, enum table table, __u32 cpu,
						  __u64 hash)
{
	const volatile struct table_config *config = &table_configs[table];
	__u32 number = cpu * config->sets + hash__scale(hash, config->sets);

	return bpf_map_lookup_elem(front, &number);
}

static __always_inline void make_query(enum table table, const struct endpoint *key,
				       struct table_query *ret)
{
	ret->key = *key;
	ret->full_way = -1;
	ret->hash = endpoint__hash(&table_configs[table], key);
}

/* Return: true if the endpoint already had an entry. */
static __always_inline bool count_endpoint(enum table table, void *front, void *back, __u32 cpu,
					   struct table_query *query)
{
	struct table_set *set = find_set(front, table, cpu, query->hash);
	struct table_shared *shared;
	__u32 number = table;

	if (!set || set__hit(set, query))
		return true;
	shared = bpf_map_lookup_elem(&shared_map, &number);
	if (shared)
		set__replace(&table_configs[table], set, back, shared, query);
	return false;
}

/* An endpoint with a new entry on this CPU gets one in the back tier too, where all CPUs find it.
 */
static __noinline void reserve_entry(const volatile struct table_config *config, void *back,
				     struct table_shared *shared, const struct table_query *query)
{
	__u32 nothing = 0;

	/* Keeps the atomic add: clang folds +0 into a fetch form that 5.10 lacks. */
	barrier_var(nothing);
	back__add(config, back, shared, &query->key, nothing, false);
}

static __always_inline void note_server(enum table table, void *back,
					const struct table_query *query)
{
	__u32 number = table;
	struct table_shared *shared = bpf_map_lookup_elem(&shared_map, &number);

	if (shared)
		reserve_entry(&table_configs[table], back, shared, query);
}

static __always_inline void count_source(struct cpu_counters *counters, __u32 cpu,
					 struct table_query *query)
{
	bool known = count_endpoint(TABLE_SOURCES, &sources_front, &sources_back, cpu, query);

	/* A known source was already added to `distinct`; the window may have started later. */
	if (!known)
		hll__add(counters->distinct, query->hash);
	if (counters->window_is_open)
		hll__add(counters->window, query->hash);
}

/*
 * Under a flood a source's set misses every cache level, and the miss dominates the cost per
 * packet. So a source is counted when the next SYN arrives: until then it is pending, where readers
 * find it, while its set is being fetched. A store triggers the fetch, because unlike a load it
 * does not stall. The sequence is odd for as long as the SYN may be both in its set and pending.
 */
static __always_inline void defer_source(struct cpu_counters *counters, __u32 cpu,
					 const struct endpoint *source)
{
	struct table_query last = counters->pending, query;
	struct table_set *set;

	make_query(TABLE_SOURCES, source, &query);
	set = find_set(&sources_front, TABLE_SOURCES, cpu, query.hash);
	if (set)
		*(volatile __u32 *)&set->unused[0] = 0;
	counters->pending_sequence++;
	barrier();
	if (last.key.family)
		count_source(counters, cpu, &last);
	counters->pending = query;
	barrier();
	counters->pending_sequence++;
}

static __always_inline void count_syn(struct cpu_counters *counters, __u32 cpu,
				      const struct request *request, enum detail detail)
{
	struct table_query query;
	bool known;

	defer_source(counters, cpu, &request->source);
	make_query(TABLE_VICTIMS, &request->victim, &query);
	known = count_endpoint(TABLE_VICTIMS, &victims_front, &victims_back, cpu, &query);
	if (detail == DETAIL_HANDSHAKES && !known)
		note_server(TABLE_VICTIMS, &victims_back, &query);
}

#endif
