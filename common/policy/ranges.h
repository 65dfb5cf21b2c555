// SPDX-License-Identifier: GPL-2.0-only
// ranges: prefixes compiled into the table that the XDP program searches (common/abi/ranges.h).
#ifndef COMMON_POLICY_RANGES_H
#define COMMON_POLICY_RANGES_H

#include <stddef.h>

#include "common/abi/ranges.h"
#include "common/policy/range_list.h"

struct ranges {
	void *chunks; /* chunk 0 is left to the caller, but for the header */
	__u32 chunk_count;
	struct ranges_header header; /* chunk numbers count from 1 */
	__u32 ipv4_ranges, ipv6_ranges;
};

/**
 * ranges__build() - compile prefixes of both families
 * @items: in any order; sorted by the call
 * @combine: called once for each prefix, after those around it
 * @ret: to be freed by ranges__free()
 *
 * Return: 0, -ENOMEM, -E2BIG for more than the search tree holds, or than 131,072 ranges in a /64;
 * or what @combine returned.
 */
int ranges__build(struct ranges_item *items, size_t count, ranges_combine_fn *combine,
		  void *context, struct ranges *ret);

/** ranges__free() - free what ranges__build() has allocated. */
void ranges__free(struct ranges *ranges);

#endif
