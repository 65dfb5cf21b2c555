// SPDX-License-Identifier: GPL-2.0-only
// range_list: nested prefixes flattened into disjoint ranges.
//
// Of two prefixes either contains the other, or they have no address in common. A walk in the order
// of their first addresses therefore keeps those that contain the present address on a stack.
#include "common/policy/range_list.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#define MAX_DEPTH 129 /* lengths of prefixes, and the whole family */

struct nested {
	range_address last;
	__u32 decision;
};

struct walk {
	struct nested stack[MAX_DEPTH];
	int depth; /* of the innermost one */
	struct range *ranges;
	size_t count;
};

range_address range_address_of(const struct endpoint *endpoint)
{
	range_address address = 0;
	int words = endpoint->family == ENDPOINT_IPV4 ? 1 : 4;

	for (int i = 0; i < words; i++)
		address = address << 32 | ntohl(endpoint->address[i]);
	return address;
}

static range_address last_of(range_address first, int host_bits)
{
	return host_bits == 128 ? ~(range_address)0 : first | (((range_address)1 << host_bits) - 1);
}

/* A range that begins where the last one does replaces it. */
static void add_range(struct walk *walk, range_address first, __u32 decision)
{
	if (walk->count && walk->ranges[walk->count - 1].first == first)
		walk->count--;
	if (!walk->count || walk->ranges[walk->count - 1].decision != decision)
		walk->ranges[walk->count++] = (struct range){.first = first, .decision = decision};
}

/* Leaves the prefixes that end before an address. */
static void leave(struct walk *walk, range_address address)
{
	for (; walk->depth > 0 && walk->stack[walk->depth].last < address; walk->depth--)
		add_range(walk, walk->stack[walk->depth].last + 1,
			  walk->stack[walk->depth - 1].decision);
}

static int enter(struct walk *walk, const struct ranges_item *item, int family_bits,
		 ranges_combine_fn *combine, void *context)
{
	const struct nested *outer = &walk->stack[walk->depth];
	range_address first = range_address_of(&item->prefix.network);
	range_address last = last_of(first, family_bits - item->prefix.bits);
	int decision = combine(context, outer->decision, item->item);

	if (decision < 0)
		return decision;
	/* Prefixes that end together share an entry: the outer one does not come back. */
	if (outer->last != last || walk->depth == 0)
		walk->depth++;
	walk->stack[walk->depth] = (struct nested){.last = last, .decision = decision};
	add_range(walk, first, decision);
	return 0;
}

int range_list__build(const struct ranges_item *items, size_t count, ranges_combine_fn *combine,
		      void *context, struct range_list *ret)
{
	int family_bits = count && items[0].prefix.network.family == ENDPOINT_IPV4 ? 32 : 128;
	struct walk walk = {.stack[0].last = last_of(0, family_bits)};
	int err = 0;

	walk.ranges = calloc(2 * count + 1, sizeof(*walk.ranges));
	if (!walk.ranges)
		return -ENOMEM;
	add_range(&walk, 0, 0);
	for (size_t i = 0; !err && i < count; i++) {
		leave(&walk, range_address_of(&items[i].prefix.network));
		err = enter(&walk, &items[i], family_bits, combine, context);
	}
	if (err) {
		free(walk.ranges);
		return err;
	}
	while (walk.depth && walk.stack[walk.depth].last != walk.stack[0].last)
		leave(&walk, walk.stack[walk.depth].last + 1);
	*ret = (struct range_list){.ranges = walk.ranges, .count = walk.count};
	return 0;
}

int ranges_item__compare(const void *a, const void *b)
{
	const struct prefix *x = &((const struct ranges_item *)a)->prefix;
	const struct prefix *y = &((const struct ranges_item *)b)->prefix;
	int order = endpoint__compare(&x->network, &y->network);

	return order ?: (x->bits > y->bits) - (x->bits < y->bits);
}
