// SPDX-License-Identifier: GPL-2.0-only
// link_layer: whether an interface's frames start with an Ethernet header or with an IP header.
#ifndef COMMON_NETDEV_LINK_LAYER_H
#define COMMON_NETDEV_LINK_LAYER_H

#include "common/base/errmsg.h"

enum link_layer {
	LINK_LAYER_ETHERNET,
	LINK_LAYER_IP,    /* tun, WireGuard, PPP, IPIP, GRE, SIT and the like */
	LINK_LAYER_OTHER, /* nothing that the parser understands */
};

/** link_layer__of() - by the device's type, ARPHRD_* of <linux/if_arp.h>. */
enum link_layer link_layer__of(unsigned int type);

/** link_layer__name() - the type's name, "NONE"; or its number. Return: @buf. */
const char *link_layer__name(unsigned int type, char buf[16]);

/**
 * link_layer__outer_headers() - why XDP sees the outer headers of a tunnel on its interface
 *
 * Before Linux 5.14 it does so on IPIP, SIT and GRE devices; nothing but the version tells. It
 * still does on GRE devices without one remote address.
 *
 * Return: the reason, a constant; NULL if it does not.
 */
const char *link_layer__outer_headers(int ifindex);

/**
 * link_layer__read() - the link layer of an interface that XDP can count on
 * @interface: its name, for messages
 *
 * Return: 0 with *@ret set, or a negative errno with @why set: -EPROTONOSUPPORT for
 * LINK_LAYER_OTHER, or if XDP sees outer headers.
 */
int link_layer__read(const char *interface, int ifindex, enum link_layer *ret, struct errmsg *why);

#endif
