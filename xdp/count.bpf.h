// SPDX-License-Identifier: GPL-2.0-only
// count: one SYN more for its source and for its victim.
#ifndef XDP_COUNT_BPF_H
#define XDP_COUNT_BPF_H

#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"

/* These are inlined, because a map lookup is where the map is known. */

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

/* Return: had it an entry already? */
static __always_inline int count_endpoint(enum table table, void *front, void *back, __u32 cpu,
					  struct table_query *query)
{
	struct table_set *set = find_set(front, table, cpu, query->hash);
	struct table_shared *shared;
	__u32 number = table;

	if (!set || set__hit(set, query))
		return 1;
	shared = bpf_map_lookup_elem(&shared_map, &number);
	if (shared)
		set__replace(&table_configs[table], set, back, shared, query);
	return 0;
}

/* Who has got an entry on this CPU gets one in the back tier as well, where all CPUs find it. */
static __noinline void reserve_entry(const volatile struct table_config *config, void *back,
				     struct table_shared *shared, const struct table_query *query)
{
	__u32 nothing = 0;

	barrier_var(
		nothing); /* clang would make another operation of adding 0, which 5.10 has not */
	back__add(config, back, shared, &query->key, nothing, 0);
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
	int known = count_endpoint(TABLE_SOURCES, &sources_front, &sources_back, cpu, query);

	/* Who has an entry has been noted when it was made; of a window that began since, nobody.
	 */
	if (!known)
		hll__add(counters->distinct, query->hash);
	if (counters->window_is_open)
		hll__add(counters->window, query->hash);
}

/*
 * In a flood the set of a source is in no cache, and waiting for it would cost more than all the
 * rest. So a source is only counted when the next SYN comes: until then it is pending, where a
 * reader finds it, and its set is on the way. A store asks for it, because unlike a load it is not
 * waited for.
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
	if (last.key.family)
		count_source(counters, cpu, &last);
	counters->pending_sequence++;
	asm volatile("" ::: "memory");
	counters->pending = query;
	asm volatile("" ::: "memory");
	counters->pending_sequence++;
}

static __always_inline void count_syn(struct cpu_counters *counters, __u32 cpu,
				      const struct request *request, enum described detail)
{
	struct table_query query;
	int known;

	defer_source(counters, cpu, &request->source);
	make_query(TABLE_VICTIMS, &request->victim, &query);
	known = count_endpoint(TABLE_VICTIMS, &victims_front, &victims_back, cpu, &query);
	if (detail == DETAIL_HANDSHAKES && !known)
		note_server(TABLE_VICTIMS, &victims_back, &query);
}

#endif
