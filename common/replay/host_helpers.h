// SPDX-License-Identifier: GPL-2.0-only
// host_helpers: what the programs use of BPF, maps and helpers, for running them on the host.
//
// Included before them. Threads take the place of CPUs: each sets host_cpu to a number of its own.
#ifndef COMMON_REPLAY_HOST_HELPERS_H
#define COMMON_REPLAY_HOST_HELPERS_H

#include <linux/bpf.h>
#include <sched.h>
#include <stddef.h>

/* Takes the place of an array map. */
struct host_array {
	void *values;
	__u32 value_bytes;
	__u32 max_entries; /* 0: every lookup fails, as in a map that is not created */
};

/* A map's declaration in BPF declares a struct with a host_array as its only member. */
#define SEC(name)
#define __uint(name, value)
#define __type(name, type) HOST_MAP_##name
#define __array(name, type) struct host_array array
#define HOST_MAP_key
#define HOST_MAP_value struct host_array array

/* On every CPU the order of stores that barrier() is meant to give, which BPF has on x86 alone. */
#undef barrier
#define barrier() __atomic_thread_fence(__ATOMIC_ACQ_REL)

static __thread __u32 host_cpu;

static inline __u32 bpf_get_smp_processor_id(void)
{
	return host_cpu;
}

/* Programs with virtual_clock do not ask. */
static inline __u64 bpf_jiffies64(void)
{
	return 0;
}

/* Samples that are taken on the host have no time. */
static inline __u64 bpf_ktime_get_ns(void)
{
	return 0;
}

/* Of a map of maps, an element is a struct host_array as well. */
static inline void *bpf_map_lookup_elem(void *map, const void *key)
{
	const struct host_array *array = map;
	__u32 number = *(const __u32 *)key;

	if (number >= array->max_entries)
		return NULL;
	return (char *)array->values + (size_t)number * array->value_bytes;
}

static inline void bpf_spin_lock(struct bpf_spin_lock *lock)
{
	while (__atomic_exchange_n(&lock->val, 1, __ATOMIC_ACQUIRE))
		sched_yield(); /* its owner may have no CPU */
}

static inline void bpf_spin_unlock(struct bpf_spin_lock *lock)
{
	__atomic_store_n(&lock->val, 0, __ATOMIC_RELEASE);
}

#endif
