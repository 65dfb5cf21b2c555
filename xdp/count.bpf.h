// SPDX-License-Identifier: GPL-2.0-only
// count: counts a SYN for its source and its victim.
#ifndef XDP_COUNT_BPF_H
#define XDP_COUNT_BPF_H

#include "xdp/ipv4_set.bpf.h"
#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"
#include "xdp/pending.bpf.h"

/*
 * What is rare is in global functions, which the verifier proves once, on their own. Whatever they
 * work on is in maps, because before Linux 5.12 they take no pointers but the context.
 *
 * spill_sources(number, way, forced) and so on: moves an entry's count to the back tier.
 */
#define SPILL_FUNCTION(constant, maps)                                                       \
	FRAME_FUNCTION int spill_##maps(__u32 number, __u32 way, __u32 forced)               \
	{                                                                                    \
		struct table_set *set = bpf_map_lookup_elem(&maps##_front, &number);         \
		__u32 table = constant;                                                      \
		struct table_shared *shared = bpf_map_lookup_elem(&shared_map, &table);      \
                                                                                             \
		if (set && shared && way < TABLE_WAYS)                                       \
			set__spill(&table_configs[constant], set, way, &maps##_back, shared, \
				   forced);                                                  \
		return 0;                                                                    \
	}
SPILL_FUNCTION(TABLE_SOURCES, sources)
SPILL_FUNCTION(TABLE_VICTIMS, victims)
SPILL_FUNCTION(TABLE_SYN_ACKS, syn_acks)
SPILL_FUNCTION(TABLE_FINS, fins)
SPILL_FUNCTION(TABLE_RSTS, rsts)
SPILL_FUNCTION(TABLE_DROPPED, dropped)

/* A table's maps, always constants. */
struct table_maps {
	enum table table;
	void *front;
	void *back;
	int (*spill)(__u32 number, __u32 way, __u32 forced);
};

#define MAPS_OF(constant, maps)                                        \
	(struct table_maps)                                            \
	{                                                              \
		(constant), &maps##_front, &maps##_back, spill_##maps, \
	}

static __always_inline __u32 set_number(enum table table, __u32 cpu, __u64 hash)
{
	const volatile struct table_config *config = &table_configs[table];

	return cpu * config->sets + hash__scale(hash, config->sets);
}

static __always_inline struct table_shared *find_shared(enum table table)
{
	__u32 number = table;

	return bpf_map_lookup_elem(&shared_map, &number);
}

/* Counts SYNs of an endpoint without an entry, or with a full one, in a new entry. */
static __always_inline void replace_entry(const struct table_maps *maps, __u32 number,
					  struct table_set *set, const struct table_query *query,
					  enum hit hit)
{
	struct table_shared *shared = find_shared(maps->table);
	__u32 way =
		(hit == HIT_FULL ? set__own(set, query) : smallest_way(set->upper, TABLE_WAYS)) %
		TABLE_WAYS;

	if (!shared)
		return;
	sequence__begin(&set->sequence);
	if (hit == HIT_FULL || !back__is_full(&table_configs[maps->table], shared))
		maps->spill(number, way, hit == HIT_FULL);
	else
		set__lose(set, way);
	set__put(set, way, query);
	sequence__end(&set->sequence);
}

/* Return: true if the endpoint already had an entry. */
static __always_inline bool count_endpoint(const struct table_maps *maps, __u32 cpu,
					   const struct table_query *query)
{
	__u32 number = set_number(maps->table, cpu, query->hash);
	struct table_set *set = bpf_map_lookup_elem(maps->front, &number);
	enum hit hit;

	if (!set)
		return true;
	hit = set__hit(set, query);
	if (hit == HIT)
		return true;
	replace_entry(maps, number, set, query, hit);
	return hit == HIT_FULL;
}

static __always_inline void make_query(enum table table, const struct endpoint *key,
				       struct table_query *ret)
{
	ret->key = *key;
	ret->count = 1;
	ret->hash = endpoint__hash(&table_configs[table], key);
}

static __always_inline struct ipv4_group *find_ipv4_group(__u32 number)
{
	__u32 group = number / IPV4_GROUP_SETS;

	return bpf_map_lookup_elem(&sources_ipv4, &group);
}

static __always_inline __u32 ipv4_set_number(__u32 cpu, __u64 hash)
{
	const volatile struct table_config *config = &table_configs[TABLE_SOURCES];

	return cpu * config->ipv4_sets + hash__scale(hash, config->ipv4_sets);
}

/* As SPILL_FUNCTION(). */
FRAME_FUNCTION int spill_ipv4(__u32 number, __u32 way, __u32 forced)
{
	struct ipv4_group *group = find_ipv4_group(number);
	struct table_shared *shared = find_shared(TABLE_SOURCES);

	if (group && shared && way < IPV4_WAYS)
		ipv4_set__spill(&table_configs[TABLE_SOURCES], group, number % IPV4_GROUP_SETS, way,
				&sources_back, shared, forced);
	return 0;
}

/* Counts the pending SYNs of a source whose entry needs more than an addition: it is full, or its
 * error has to be kept aside. */
FRAME_FUNCTION int count_in_full_ipv4(__u32 number, __u32 way, __u32 count)
{
	struct ipv4_group *group = find_ipv4_group(number);
	struct ipv4_set *set;

	if (!group || way >= IPV4_WAYS)
		return 0;
	set = &group->sets[number % IPV4_GROUP_SETS];
	sequence__begin(&set->sequence);
	if (set->upper[way] >= UPPER_SPILL) {
		__be32 address = set->addresses[way];

		spill_ipv4(number, way, true);
		ipv4_set__put(group, number % IPV4_GROUP_SETS, way, address, count);
	} else {
		ipv4_set__keep_error(group, number % IPV4_GROUP_SETS, way);
		set->upper[way] += count;
	}
	sequence__end(&set->sequence);
	return 0;
}

/* As replace_entry(). */
static __always_inline void replace_ipv4(__u32 number, struct ipv4_group *group,
					 const struct table_query *query)
{
	struct ipv4_set *set = &group->sets[number % IPV4_GROUP_SETS];
	struct table_shared *shared = find_shared(TABLE_SOURCES);
	__u32 way = smallest_way(set->upper, IPV4_WAYS);

	barrier_var(way);
	if (!shared || way >= IPV4_WAYS)
		return;
	sequence__begin(&set->sequence);
	if (!back__is_full(&table_configs[TABLE_SOURCES], shared))
		spill_ipv4(number, way, false);
	else
		ipv4_set__lose(set, way);
	ipv4_set__put(group, number % IPV4_GROUP_SETS, way, query->key.address[0], query->count);
	sequence__end(&set->sequence);
}

/* As count_endpoint(). */
static __always_inline bool count_ipv4(__u32 cpu, const struct table_query *query)
{
	__u32 number = ipv4_set_number(cpu, query->hash);
	struct ipv4_group *group = find_ipv4_group(number);
	struct ipv4_set *set;
	__u32 way;

	if (!group)
		return true;
	set = &group->sets[number % IPV4_GROUP_SETS];
	way = ipv4_set__find(set, query->key.address[0]);
	barrier_var(way);
	if (way >= IPV4_WAYS) {
		replace_ipv4(number, group, query);
		return false;
	}
	if (!ipv4_set__hit(set, way, query->count))
		count_in_full_ipv4(number, way, query->count);
	return true;
}

/* An endpoint with a new entry on this CPU gets one in the back tier too, where all CPUs find it.
 */
static __always_inline void note_server(const struct table_maps *maps, const struct endpoint *key)
{
	const volatile struct table_config *config = &table_configs[maps->table];
	struct table_shared *shared = find_shared(maps->table);
	__u32 nothing = 0;

	/* Keeps the atomic add: clang folds +0 into a fetch form that 5.10 lacks. */
	barrier_var(nothing);
	if (shared && !back__is_full(config, shared))
		back__add(config, maps->back, shared, key, nothing, false);
}

/* Counts what a victim's slot holds. Return: whether the victim had an entry. */
FRAME_FUNCTION int count_slot(__u32 cpu, __u32 slot)
{
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);
	struct table_query *query;
	bool known;

	if (!counters)
		return true;
	query = &counters->victims[slot % VICTIM_SLOTS];
	known = count_endpoint(&MAPS_OF(TABLE_VICTIMS, victims), cpu, query);
	query->count = 0;
	return known;
}

FRAME_FUNCTION int note_victim(__u32 cpu, __u32 slot)
{
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);

	if (counters)
		note_server(&MAPS_OF(TABLE_VICTIMS, victims),
			    &counters->victims[slot % VICTIM_SLOTS].key);
	return 0;
}

FRAME_FUNCTION int raise_distinct(__u32 cpu)
{
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);

	if (counters)
		hll__add(counters->distinct, counters->source.hash);
	return 0;
}

FRAME_FUNCTION int raise_window(__u32 cpu)
{
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);

	if (counters)
		hll__add(counters->window, counters->source.hash);
	return 0;
}

static __always_inline void note_in_window(struct cpu_counters *counters, __u32 cpu)
{
	if (counters->window_is_open && hll__is_new(counters->window, counters->source.hash))
		raise_window(cpu);
}

static __always_inline __u64 source_hash(const struct endpoint *source)
{
	const volatile struct table_config *config = &table_configs[TABLE_SOURCES];

	if (source->family == ENDPOINT_IPV4)
		return ipv4_source__hash(config, ipv4_part, source->address[0]);
	return endpoint__hash(config, source);
}

/* A known source was already added to `distinct`; the window may have started later. */
static __always_inline void count_pending_source(struct cpu_counters *counters, __u32 cpu)
{
	const struct table_query *query = &counters->source;
	bool known;

	if (!query->count)
		return;
	known = endpoint__is_ipv4_source(&query->key)
			? count_ipv4(cpu, query)
			: count_endpoint(&MAPS_OF(TABLE_SOURCES, sources), cpu, query);
	if (!known && hll__is_new(counters->distinct, query->hash))
		raise_distinct(cpu);
	note_in_window(counters, cpu);
}

/* A store triggers the fetch of the set, because unlike a load it does not stall. */
static __always_inline void fetch_ipv4_set(__u32 cpu, __u64 hash)
{
	__u32 number = ipv4_set_number(cpu, hash);
	struct ipv4_group *group = find_ipv4_group(number);

	if (group)
		*(volatile __u16 *)&group->sets[number % IPV4_GROUP_SETS].unused = 0;
}

static __always_inline void fetch_set(__u32 cpu, __u64 hash)
{
	__u32 number = set_number(TABLE_SOURCES, cpu, hash);
	struct table_set *set = bpf_map_lookup_elem(&sources_front, &number);

	if (set)
		*(volatile __u32 *)&set->unused[0] = 0;
}

static __always_inline void count_source(struct cpu_counters *counters, __u32 cpu,
					 const struct endpoint *source)
{
	__u64 hash;

	if (pending__add(&counters->source, source)) {
		note_in_window(counters, cpu);
		return;
	}
	hash = source_hash(source);
	if (endpoint__is_ipv4_source(source))
		fetch_ipv4_set(cpu, hash);
	else
		fetch_set(cpu, hash);
	sequence__begin(&counters->source_sequence);
	count_pending_source(counters, cpu);
	pending__set(&counters->source, source, hash);
	sequence__end(&counters->source_sequence);
}

/* A victim's first SYN is counted at once: with handshakes, other CPUs must find it. */
static __always_inline void count_victim(struct cpu_counters *counters, __u32 cpu,
					 const struct endpoint *victim, enum detail detail)
{
	__u32 number = victim__slot(victim) % VICTIM_SLOTS;
	struct table_query *slot = &counters->victims[number];
	int known;

	if (pending__add(slot, victim))
		return;
	sequence__begin(&counters->victims_sequence);
	if (slot->count)
		count_slot(cpu, number);
	pending__set(slot, victim, endpoint__hash(&table_configs[TABLE_VICTIMS], victim));
	known = count_slot(cpu, number);
	if (detail == DETAIL_HANDSHAKES && !known)
		note_victim(cpu, number);
	sequence__end(&counters->victims_sequence);
}

static __always_inline void count_syn(struct cpu_counters *counters, __u32 cpu,
				      const struct request *request, enum detail detail)
{
	count_source(counters, cpu, &request->source);
	count_victim(counters, cpu, &request->victim, detail);
}

#endif
