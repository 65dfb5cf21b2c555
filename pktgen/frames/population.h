// SPDX-License-Identifier: GPL-2.0-only
// population: addresses of senders and receivers by number, in constant memory.
#ifndef PKTGEN_FRAMES_POPULATION_H
#define PKTGEN_FRAMES_POPULATION_H

#include <linux/if_ether.h>

#include "pktgen/frames/address.h"
#include "pktgen/frames/rng.h"

struct macs {
	__u8 source[ETH_ALEN];
	__u8 destination[ETH_ALEN];
};

/* Number of unicast IPv4 addresses: all except 0/8, 127/8 and 224/3. */
#define POPULATION_MAX (222u << 24)

enum family { FAMILY_IPV4, FAMILY_IPV6, FAMILY_DUAL };

/* Senders by number: distinct addresses that look random. */
struct population {
	enum family family;
	struct permutation shuffle;
	__u64 seed;
};

#define MAX_PORT_RANGES 16

struct port_range {
	__u16 first;
	__u16 last;
};

struct ports {
	int ranges;
	struct port_range range[MAX_PORT_RANGES];
};

/* Receivers: consecutive addresses of each family in use. */
struct victims {
	struct address ipv4;
	struct address ipv6;
	__u32 count;
	struct ports ports;
};

/** population__init() - the population of @seed. */
void population__init(struct population *population, enum family family, __u64 seed);

/** population__at() - the address of sender @index, which is below POPULATION_MAX. */
void population__at(const struct population *population, __u32 index, struct address *ret);

/** victims__at() - the address of receiver @index, in the family of @like. */
void victims__at(const struct victims *victims, const struct address *like, __u32 index,
		 struct address *ret);

/** victims__pick() - the address of a random receiver, in the family of @like. */
void victims__pick(const struct victims *victims, const struct address *like, struct rng *rng,
		   struct address *ret);

/** ports__count() - the number of ports. */
__u32 ports__count(const struct ports *ports);

/** ports__at() - port @index, which is below ports__count(). */
__u16 ports__at(const struct ports *ports, __u32 index);

/** ports__pick() - a random port of these. */
__u16 ports__pick(const struct ports *ports, struct rng *rng);

#endif
