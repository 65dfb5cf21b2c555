// SPDX-License-Identifier: GPL-2.0-only
// population: addresses of senders and receivers by number, in constant memory.
#include "pktgen/frames/population.h"

#include <endian.h>

#define FIRST_UNICAST (1u << 24)
#define LOOPBACK_NET (127u << 24)
#define DOCUMENTATION_PREFIX 0x20010db8 /* 2001:db8::/32, RFC 3849 */

void population__init(struct population *population, enum family family, __u64 seed)
{
	population->family = family;
	population->seed = seed;
	permutation__init(&population->shuffle, POPULATION_MAX, seed);
}

static void unicast_ipv4(__u32 number, struct address *ret)
{
	__u32 address = number + FIRST_UNICAST;

	if (address >= LOOPBACK_NET)
		address += 1u << 24;
	*ret = (struct address){.words = {htobe32(address)}};
}

/* Each in its own /64, so that aggregation by prefix keeps them apart. */
static void unicast_ipv6(__u32 number, __u64 seed, struct address *ret)
{
	__u64 interface = mix64(seed ^ number);

	*ret = (struct address){
		.is_ipv6 = true,
		.words = {htobe32(DOCUMENTATION_PREFIX), htobe32(number), htobe32(interface >> 32),
			  htobe32(interface)},
	};
}

void population__at(const struct population *population, __u32 index, struct address *ret)
{
	__u32 number = permutation__at(&population->shuffle, index);

	if (population->family == FAMILY_IPV6 || (population->family == FAMILY_DUAL && index % 2))
		unicast_ipv6(number, population->seed, ret);
	else
		unicast_ipv4(number, ret);
}

void victims__at(const struct victims *victims, const struct address *like, __u32 index,
		 struct address *ret)
{
	__be32 *last_word;

	*ret = like->is_ipv6 ? victims->ipv6 : victims->ipv4;
	last_word = like->is_ipv6 ? &ret->words[3] : &ret->words[0];
	*last_word = htobe32(be32toh(*last_word) + index);
}

void victims__pick(const struct victims *victims, const struct address *like, struct rng *rng,
		   struct address *ret)
{
	victims__at(victims, like, rng__below(rng, victims->count), ret);
}

__u32 ports__count(const struct ports *ports)
{
	__u32 count = 0;

	for (int i = 0; i < ports->ranges; i++)
		count += ports->range[i].last - ports->range[i].first + 1;
	return count;
}

__u16 ports__at(const struct ports *ports, __u32 index)
{
	const struct port_range *range = ports->range;

	while (index > (__u32)(range->last - range->first)) {
		index -= range->last - range->first + 1;
		range++;
	}
	return range->first + index;
}

__u16 ports__pick(const struct ports *ports, struct rng *rng)
{
	return ports__at(ports, rng__below(rng, ports__count(ports)));
}
