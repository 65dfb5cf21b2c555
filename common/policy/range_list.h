// SPDX-License-Identifier: GPL-2.0-only
// range_list: nested prefixes flattened into disjoint ranges.
#ifndef COMMON_POLICY_RANGE_LIST_H
#define COMMON_POLICY_RANGE_LIST_H

#include <stddef.h>

#include "common/address/prefix.h"

/* A prefix, and what it is listed for. */
struct ranges_item {
	struct prefix prefix;
	__u32 item; /* a number of the caller's */
};

/**
 * ranges_combine_fn - the decision for addresses that are in one more prefix
 * @outer: the decision of the prefixes around it; 0: none
 * @item: of the prefix
 *
 * Equal prefixes come in any order, so that the result must not depend on it.
 *
 * Return: the decision, at most RANGES_MAX_DECISION, or a negative errno.
 */
typedef int ranges_combine_fn(void *context, __u32 outer, __u32 item);

/* An address as a number; IPv4: in the low 32 bits. */
typedef unsigned __int128 range_address;

/* What holds from an address to the next range. */
struct range {
	range_address first;
	__u32 decision;
};

struct range_list {
	struct range *ranges; /* the first one begins at 0; neighbours have different decisions */
	size_t count;
};

/**
 * range_list__build() - flatten the prefixes of one family
 * @items: sorted by ranges_item__compare()
 *
 * Return: 0 with *@ret to be freed with free(3) of its ranges, -ENOMEM, or what @combine returned.
 */
int range_list__build(const struct ranges_item *items, size_t count, ranges_combine_fn *combine,
		      void *context, struct range_list *ret);

/** range_address_of() - an address as a number. */
range_address range_address_of(const struct endpoint *endpoint);

/** ranges_item__compare() - an order for qsort(3): by family and address, shorter prefixes first.
 */
int ranges_item__compare(const void *a, const void *b);

#endif
