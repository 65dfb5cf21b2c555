// SPDX-License-Identifier: GPL-2.0-only
// iface: the interface to send on: its properties, and whether sending on it is safe.
#include "pktgen/send/iface.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <string.h>

#include "common/netdev/netdev.h"
#include "common/netdev/netlink.h"
#include "pktgen/send/default_route.h"

#define VLAN_TAG_BYTES 4

struct description {
	__u32 flags;
	__u16 type; /* ARPHRD_* */
	__u32 mtu;
	bool is_veth;
	struct iface_counters counters;
};

static int iface_read_description(const struct nlmsghdr *link, void *opaque)
{
	const struct nlattr *stats = netlink__link_attribute(link, IFLA_STATS64);
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct description *ret = opaque;
	struct rtnl_link_stats64 copy = {};
	size_t bytes = netlink__payload_bytes(stats);

	ret->flags = info->ifi_flags;
	ret->type = info->ifi_type;
	ret->is_veth = netlink__is_kind(link, IFLA_INFO_KIND, "veth");
	ret->mtu = netlink__u32(netlink__link_attribute(link, IFLA_MTU), 0);
	if (stats)
		memcpy(&copy, netlink__payload(stats, 0),
		       bytes < sizeof(copy) ? bytes : sizeof(copy));
	ret->counters.packets = copy.tx_packets;
	ret->counters.dropped = copy.tx_dropped + copy.tx_errors;
	return 0;
}

static int iface_check(const char *name, const struct description *iface, bool any_network,
		       struct errmsg *why)
{
	if (iface->flags & IFF_LOOPBACK && !any_network)
		return errmsg__set(why, -EPERM,
				   "%s: the loopback feeds this host's own stack: use a veth pair, "
				   "or add --i-own-this-network",
				   name);
	if (iface->type != ARPHRD_ETHER && iface->type != ARPHRD_LOOPBACK)
		return errmsg__set(why, -EPFNOSUPPORT, "%s: is not an Ethernet interface", name);
	if (!(iface->flags & IFF_UP))
		return errmsg__set(why, -ENETDOWN, "%s: is down: ip link set %s up", name, name);
	if (!(iface->flags & NETDEV_HAS_CARRIER))
		return errmsg__set(why, -ENETDOWN,
				   "%s: has no carrier: is the other end up, or the cable in?",
				   name);
	return 0;
}

int iface__find(const char *name, bool any_network, struct iface *ret, struct errmsg *why)
{
	struct description description = {};
	struct iface iface = {};
	int err;

	iface.index = netdev__find(name, iface.name, NULL);
	if (iface.index < 0)
		return errmsg__set(why, iface.index, "%s: there is no such interface", name);
	name = iface.name;
	err = netlink__links(iface.index, iface_read_description, &description);
	if (err)
		return errmsg__set(why, err, "%s: cannot read its state: %s", name, strerror(-err));
	err = iface_check(name, &description, any_network, why);
	if (!err && !any_network)
		err = default_route__refuse(name, iface.index, why);
	if (err)
		return err;
	iface.mtu = description.mtu;
	iface.is_veth = description.is_veth;
	*ret = iface;
	return 0;
}

int iface__counters(const struct iface *iface, struct iface_counters *ret)
{
	struct description description = {};
	int err = netlink__links(iface->index, iface_read_description, &description);

	if (!err)
		*ret = description.counters;
	return err;
}

__u32 iface__max_bytes(const struct iface *iface, bool tagged)
{
	return iface->mtu + ETH_HLEN + (tagged ? VLAN_TAG_BYTES : 0);
}
