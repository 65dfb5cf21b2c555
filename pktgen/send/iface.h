// SPDX-License-Identifier: GPL-2.0-only
// iface: the interface to send on: its properties, and whether sending on it is safe.
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
	__u64 packets; /* sent, by its own counters */
	__u64 dropped; /* dropped or failed */
};

/**
 * iface__find() - the interface called @name
 * @any_network: allow the loopback and interfaces with a default route
 *
 * Refuses an interface that is not Ethernet, is down or without carrier, is the loopback, or
 * carries a default route: itself, or through a bridge or bond, their ports, or VLANs.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int iface__find(const char *name, bool any_network, struct iface *ret, struct errmsg *why);

/** iface__counters() - read the interface's counters. Return: 0 or a negative errno. */
int iface__counters(const struct iface *iface, struct iface_counters *ret);

/** iface__max_bytes() - the longest frame it can send; one VLAN tag comes on top of the MTU. */
__u32 iface__max_bytes(const struct iface *iface, bool tagged);

#endif
