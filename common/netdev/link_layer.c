// SPDX-License-Identifier: GPL-2.0-only
// link_layer: whether an interface's frames start with an Ethernet header or with an IP header.
#include "common/netdev/link_layer.h"

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/netdev/netlink.h"

/* Not in the headers of all supported systems. */
#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519
#endif

static const struct {
	unsigned int type;
	enum link_layer layer;
	const char *name;
} types[] = {
	{ARPHRD_ETHER, LINK_LAYER_ETHERNET, "ETHER"},
	{ARPHRD_LOOPBACK, LINK_LAYER_ETHERNET, "LOOPBACK"},
	{ARPHRD_NONE, LINK_LAYER_IP, "NONE"}, /* tun, WireGuard, xfrm, WWAN */
	{ARPHRD_RAWIP, LINK_LAYER_IP, "RAWIP"},
	{ARPHRD_PPP, LINK_LAYER_IP, "PPP"},
	{ARPHRD_SLIP, LINK_LAYER_IP, "SLIP"},
	{ARPHRD_TUNNEL, LINK_LAYER_IP, "TUNNEL"},
	{ARPHRD_TUNNEL6, LINK_LAYER_IP, "TUNNEL6"},
	{ARPHRD_SIT, LINK_LAYER_IP, "SIT"},
	{ARPHRD_IPGRE, LINK_LAYER_IP, "IPGRE"},
	{ARPHRD_IP6GRE, LINK_LAYER_IP, "IP6GRE"},
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

enum link_layer link_layer__of(unsigned int type)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].type == type)
			return types[i].layer;
	return LINK_LAYER_OTHER;
}

const char *link_layer__name(unsigned int type, char buf[16])
{
	snprintf(buf, 16, "%u", type);
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].type == type)
			snprintf(buf, 16, "%s", types[i].name);
	return buf;
}

static int read_type(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	unsigned int *ret = opaque;

	*ret = info->ifi_type;
	return 0;
}

int link_layer__read(const char *interface, int ifindex, enum link_layer *ret, struct errmsg *why)
{
	unsigned int type = ARPHRD_VOID;
	enum link_layer layer;
	char name[16];
	int err;

	err = netlink__links(ifindex, read_type, &type);
	if (err)
		return errmsg__set(why, err, "%s: asking for its type: %s", interface,
				   strerror(-err));
	layer = link_layer__of(type);
	if (layer == LINK_LAYER_OTHER)
		return errmsg__set(
			why, -EPROTONOSUPPORT,
			"%s: its frames start neither with an Ethernet header nor with "
			"an IP header (type %s): attach to an interface below or above it",
			interface, link_layer__name(type, name));
	*ret = layer;
	return 0;
}
