// SPDX-License-Identifier: GPL-2.0-only
// ipv4_set: the front tier of IPv4 sources, see xdp/table.bpf.h. Also compiles on the host.
//
// Under a flood from random sources each SYN misses the caches: the fewer lines it touches, the
// less memory competes for them. A set is one line, for hits and for replacements: the address is
// the key and needs no tag, and instead of an entry's error its certain count is kept, in a byte,
// from which the error follows (upper - certain). An entry that outgrows the byte keeps its error
// aside, where hits need not look.
#ifndef XDP_IPV4_SET_BPF_H
#define XDP_IPV4_SET_BPF_H

#include "common/abi/abi.h"
#include "xdp/table.bpf.h"

/* The way of a source, without branches: which of them it is could not be predicted. IPV4_WAYS: it
 * has none. */
static __always_inline __u32 ipv4_set__find(const struct ipv4_set *set, __be32 address)
{
	__u64 found = IPV4_WAYS;

	for (int way = 0; way < IPV4_WAYS; way++) {
		__u64 difference = set->addresses[way] ^ address;
		__s64 if_equal = (__s64)(difference - 1) >> 63;

		barrier_var(if_equal);
		found ^= if_equal & (IPV4_WAYS ^ way);
	}
	return found;
}

/** ipv4_set__hit() - count SYNs in an entry. Return: false if that takes more than an addition. */
static __always_inline bool ipv4_set__hit(struct ipv4_set *set, __u32 way, __u32 count)
{
	__u32 certain = set->certain[way];

	if (set->upper[way] >= UPPER_SPILL)
		return false;
	if (certain < IPV4_CERTAIN_MAX) {
		if (certain + count >= IPV4_CERTAIN_MAX)
			return false;
		set->certain[way] = certain + count;
	}
	set->upper[way] += count;
	return true;
}

/* See set__lose(). */
static __always_inline void ipv4_set__lose(struct ipv4_set *set, __u32 way)
{
	__u32 upper = set->upper[way];

	if (upper > set->lost_max)
		set->lost_max = upper;
}

/** ipv4_set__keep_error() - prepare an entry for more SYNs than `certain` can take */
static __always_inline void ipv4_set__keep_error(struct ipv4_group *group, __u32 number, __u32 way)
{
	struct ipv4_set *set = &group->sets[number];

	group->errors[number][way] = set->upper[way] - set->certain[way];
	set->certain[way] = IPV4_CERTAIN_MAX;
}

/** ipv4_set__certain() - the SYNs that an entry counts for certain */
static __always_inline __u32 ipv4_set__certain(const struct ipv4_group *group, __u32 number,
					       __u32 way)
{
	const struct ipv4_set *set = &group->sets[number];

	return set->certain[way] < IPV4_CERTAIN_MAX ? set->certain[way]
						    : set->upper[way] - group->errors[number][way];
}

/** ipv4_set__spill() - see set__spill() */
static __always_inline void ipv4_set__spill(const volatile struct table_config *config,
					    struct ipv4_group *group, __u32 number, __u32 way,
					    void *buckets, struct table_shared *shared, bool forced)
{
	struct ipv4_set *set = &group->sets[number];
	const struct endpoint key = {.address = {set->addresses[way]}, .family = ENDPOINT_IPV4};
	__u32 count = ipv4_set__certain(group, number, way);

	if (count && !back__add(config, buckets, shared, &key, count, forced))
		ipv4_set__lose(set, way);
}

/** ipv4_set__put() - see set__put() */
static __always_inline void ipv4_set__put(struct ipv4_group *group, __u32 number, __u32 way,
					  __be32 address, __u32 count)
{
	struct ipv4_set *set = &group->sets[number];
	__u32 lost_max = set->lost_max;

	set->addresses[way] = address;
	set->upper[way] = count < UPPER_MAX - lost_max ? lost_max + count : UPPER_MAX;
	set->certain[way] = count;
	if (count >= IPV4_CERTAIN_MAX) {
		group->errors[number][way] = lost_max;
		set->certain[way] = IPV4_CERTAIN_MAX;
	}
}

#endif
