// SPDX-License-Identifier: GPL-2.0-only
// link_layer: whether an interface's frames start with an Ethernet header or with an IP header.
#include "common/netdev/link_layer.h"

#include <linux/if_arp.h>
#include <linux/if_tunnel.h>
#include <linux/rtnetlink.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

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

struct link_reading {
	unsigned int type;
	const char *outer; /* why XDP sees outer headers, or NULL */
};

/* By kind, not by type: a tun device may have any type. */
static bool is_tunnel(const struct nlmsghdr *link)
{
	static const char *const kinds[] = {"ipip", "sit", "gre", "ip6tnl", "ip6gre"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (netlink__is_kind(link, IFLA_INFO_KIND, kinds[i]))
			return true;
	return false;
}

static bool kernel_is_before_5_14(void)
{
	struct utsname name;
	int major, minor;

	uname(&name);
	return sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       (major < 5 || (major == 5 && minor < 14));
}

/* Such a device shows packet sockets the outer header, and with them XDP (struct ipgre_header_ops).
 */
static bool has_many_remotes(const struct nlmsghdr *link)
{
	const struct nlattr *data =
		netlink__nested(netlink__link_attribute(link, IFLA_LINKINFO), IFLA_INFO_DATA);
	__u32 remote = ntohl(netlink__u32(netlink__nested(data, IFLA_GRE_REMOTE), 0));

	return !netlink__nested(data, IFLA_GRE_COLLECT_METADATA) &&
	       (!remote || IN_MULTICAST(remote));
}

static int read_link(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct link_reading *ret = opaque;

	ret->type = info->ifi_type;
	if (is_tunnel(link) && kernel_is_before_5_14())
		ret->outer = "before Linux 5.14, XDP sees the outer headers of tunnels";
	else if (netlink__is_kind(link, IFLA_INFO_KIND, "gre") && has_many_remotes(link))
		ret->outer =
			"XDP sees the outer headers of a GRE tunnel without one remote address";
	return 0;
}

const char *link_layer__outer_headers(int ifindex)
{
	struct link_reading reading = {};

	netlink__links(ifindex, read_link, &reading);
	return reading.outer;
}

int link_layer__read(const char *interface, int ifindex, enum link_layer *ret, struct errmsg *why)
{
	struct link_reading reading = {.type = ARPHRD_VOID};
	enum link_layer layer;
	char name[16];
	int err;

	err = netlink__links(ifindex, read_link, &reading);
	if (err)
		return errmsg__set(why, err, "%s: asking for its type: %s", interface,
				   strerror(-err));
	if (reading.outer)
		return errmsg__set(why, -EPROTONOSUPPORT,
				   "%s: %s: attach to the interface below it", interface,
				   reading.outer);
	layer = link_layer__of(reading.type);
	if (layer == LINK_LAYER_OTHER)
		return errmsg__set(
			why, -EPROTONOSUPPORT,
			"%s: its frames start neither with an Ethernet header nor with "
			"an IP header (type %s): attach to an interface below or above it",
			interface, link_layer__name(reading.type, name));
	*ret = layer;
	return 0;
}
