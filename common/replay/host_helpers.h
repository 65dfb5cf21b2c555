// SPDX-License-Identifier: GPL-2.0-only
// host_helpers: the few BPF helpers that the table's code calls, for running it on the host.
#ifndef COMMON_REPLAY_HOST_HELPERS_H
#define COMMON_REPLAY_HOST_HELPERS_H

#include <linux/bpf.h>
#include <stddef.h>

/* Takes the place of an array map. */
struct host_array {
	void *values;
	__u32 value_bytes;
	__u32 max_entries;
};

static inline void *bpf_map_lookup_elem(void *map, const void *key)
{
	const struct host_array *array = map;
	__u32 number = *(const __u32 *)key;

	if (number >= array->max_entries)
		return NULL;
	return (char *)array->values + (size_t)number * array->value_bytes;
}

/* On the host only one thread writes to a table. */
static inline void bpf_spin_lock(struct bpf_spin_lock *lock)
{
	(void)lock;
}

static inline void bpf_spin_unlock(struct bpf_spin_lock *lock)
{
	(void)lock;
}

#endif
