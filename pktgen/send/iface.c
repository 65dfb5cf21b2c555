// SPDX-License-Identifier: GPL-2.0-only
// iface: the interface that frames are sent on: what it is, and whether one may.
#include "pktgen/send/iface.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <errno.h>
#include <string.h>

#include "common/netdev/netdev.h"
#include "pktgen/send/default_route.h"
#include "pktgen/send/rtnl.h"

#define VLAN_TAG_BYTES 4

struct description {
	__u32 flags;
	__u16 type; /* ARPHRD_* */
	__u32 mtu;
	bool is_veth;
	struct iface_counters counters;
};

static int read_description(const struct rtnl_answer *answer, void *opaque)
{
	const struct ifinfomsg *info = answer->header;
	const struct rtattr *stats = answer->attributes[IFLA_STATS64];
	struct description *ret = opaque;
	struct rtnl_link_stats64 copy = {};

	ret->flags = info->ifi_flags;
	ret->type = info->ifi_type;
	ret->is_veth = rtnl__is_kind(answer, IFLA_INFO_KIND, "veth");
	ret->mtu = rtnl__u32(answer->attributes[IFLA_MTU]);
	if (stats)
		memcpy(&copy, RTA_DATA(stats),
		       RTA_PAYLOAD(stats) < sizeof(copy) ? RTA_PAYLOAD(stats) : sizeof(copy));
	ret->counters.packets = copy.tx_packets;
	ret->counters.dropped = copy.tx_dropped + copy.tx_errors;
	return 0;
}

static int check(const char *name, const struct description *iface, bool any_network,
		 struct errmsg *why)
{
	if (iface->flags & IFF_LOOPBACK && !any_network)
		return errmsg__set(why, -EPERM,
				   "%s: the loopback feeds this host's own stack: use a veth pair, "
				   "or add --i-own-this-network",
				   name);
	if (iface->type != ARPHRD_ETHER && iface->type != ARPHRD_LOOPBACK)
		return errmsg__set(why, -EPFNOSUPPORT, "%s: does not take Ethernet frames", name);
	if (!(iface->flags & IFF_UP))
		return errmsg__set(why, -ENETDOWN, "%s: is down: ip link set %s up", name, name);
	if (!(iface->flags & DEVICE_HAS_CARRIER))
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

	if (!name[0] || strlen(name) >= sizeof(iface.name))
		return errmsg__set(why, -ENODEV, "%s: there is no such interface", name);
	strcpy(iface.name, name);
	iface.index = if_nametoindex(name);
	if (!iface.index)
		return errmsg__set(why, -ENODEV, "%s: there is no such interface", name);
	err = rtnl__ask(RTM_GETLINK, AF_UNSPEC, iface.index, read_description, &description);
	if (err)
		return errmsg__set(why, err, "%s: cannot ask for its state: %s", name,
				   strerror(-err));
	err = check(name, &description, any_network, why);
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
	int err = rtnl__ask(RTM_GETLINK, AF_UNSPEC, iface->index, read_description, &description);

	if (!err)
		*ret = description.counters;
	return err;
}

__u32 iface__max_bytes(const struct iface *iface, bool tagged)
{
	return iface->mtu + ETH_HLEN + (tagged ? VLAN_TAG_BYTES : 0);
}
