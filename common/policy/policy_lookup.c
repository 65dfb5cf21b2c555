// SPDX-License-Identifier: GPL-2.0-only
// policy_lookup: which sources a policy's lists drop, found in memory.
#include "common/policy/policy_lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "common/policy/range_list.h"

/* What a source is listed for. */
enum { LISTED_PASS = 1 << 0, LISTED_DROP = 1 << 1 };

struct policy_lookup {
	const struct policy *policy;
	struct range_list ipv4, ipv6;
};

/* A ranges_combine_fn. */
static int combine_bits(void *context, __u32 outer, __u32 item)
{
	(void)context;
	return outer | item;
}

static size_t add_prefixes(struct ranges_item *items, const struct policy_list *list, __u32 bits)
{
	for (size_t i = 0; i < list->count; i++)
		items[i] = (struct ranges_item){.prefix = list->prefixes[i].prefix, .item = bits};
	return list->count;
}

static size_t collect_items(const struct policy *policy, const struct timed_prefixes *timed,
			    struct ranges_item *items)
{
	size_t count = add_prefixes(items, &policy->allow, LISTED_PASS);

	if (policy->deny.mode == POLICY_ENFORCE)
		count += add_prefixes(items + count, &policy->deny, LISTED_DROP);
	for (size_t i = 0; timed && i < timed->count; i++)
		items[count++] = (struct ranges_item){
			.prefix = timed->prefixes[i].prefix,
			.item = timed->prefixes[i].allow ? LISTED_PASS : LISTED_DROP};
	return count;
}

static int build_lists(struct policy_lookup *lookup, struct ranges_item *items, size_t count)
{
	size_t ipv4 = 0;
	int err;

	qsort(items, count, sizeof(*items), ranges_item__compare);
	while (ipv4 < count && items[ipv4].prefix.network.family == ENDPOINT_IPV4)
		ipv4++;
	err = range_list__build(items, ipv4, combine_bits, NULL, &lookup->ipv4);
	return err ? err
		   : range_list__build(items + ipv4, count - ipv4, combine_bits, NULL,
				       &lookup->ipv6);
}

int policy_lookup__new(const struct policy *policy, const struct timed_prefixes *timed,
		       struct policy_lookup **ret)
{
	size_t room = policy->allow.count + policy->deny.count + (timed ? timed->count : 0);
	struct ranges_item *items = calloc(room + 1, sizeof(*items));
	struct policy_lookup *lookup = calloc(1, sizeof(*lookup));
	int err = -ENOMEM;

	if (items && lookup) {
		lookup->policy = policy;
		err = build_lists(lookup, items, collect_items(policy, timed, items));
	}
	free(items);
	if (err)
		policy_lookup__free(lookup);
	else
		*ret = lookup;
	return err;
}

static bool port_is_listed(const struct port_list *ports, __u16 port)
{
	for (int i = 0; i < ports->count; i++)
		if (ports->ports[i] == port)
			return true;
	return !ports->count;
}

static bool is_manager(const struct policy *policy, const struct endpoint *source, __u16 port)
{
	for (size_t i = 0; i < policy->management_count; i++)
		if (prefix__contains(&policy->management[i].source.prefix, source) &&
		    port_is_listed(&policy->management[i].ports, port))
			return true;
	return false;
}

/* The last range that begins at the address or before. */
static __u32 bits_at(const struct range_list *list, range_address address)
{
	size_t low = 0, high = list->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (list->ranges[middle].first <= address)
			low = middle;
		else
			high = middle;
	}
	return list->count ? list->ranges[low].decision : 0;
}

bool policy_lookup__drops(const struct policy_lookup *lookup, const struct endpoint *source,
			  __u16 port)
{
	bool is_ipv4 = source->family == ENDPOINT_IPV4;
	__u32 bits = bits_at(is_ipv4 ? &lookup->ipv4 : &lookup->ipv6, range_address_of(source));

	return bits == LISTED_DROP && !is_manager(lookup->policy, source, port);
}

void policy_lookup__free(struct policy_lookup *lookup)
{
	if (!lookup)
		return;
	free(lookup->ipv4.ranges);
	free(lookup->ipv6.ranges);
	free(lookup);
}
