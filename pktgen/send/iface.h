// SPDX-License-Identifier: GPL-2.0-only
// iface: the interface that frames are sent on: what it is, and whether one may.
#ifndef PKTGEN_SEND_IFACE_H
#define PKTGEN_SEND_IFACE_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

struct iface {
	char name[IFNAMSIZ];
	int index;
	__u32 mtu;
	bool is_veth;
};

struct iface_counters {
	__u64 packets; /* that the interface says it has sent */
	__u64 dropped; /* that it says it has not */
};

/**
 * iface__find() - the interface called @name
 * @any_network: the user says that the network is theirs: the default route does not matter
 *
 * Refuses what does not take Ethernet frames, is down or has no carrier, is the loopback, or leads
 * to where a default route leads: itself, or as a bridge, a bond, their port, or a VLAN of it.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int iface__find(const char *name, bool any_network, struct iface *ret, struct errmsg *why);

/** iface__counters() - what the interface has counted. Return: 0 or a negative errno. */
int iface__counters(const struct iface *iface, struct iface_counters *ret);

/** iface__max_bytes() - the longest frame that it takes; the kernel forgives one VLAN tag. */
__u32 iface__max_bytes(const struct iface *iface, bool tagged);

#endif
