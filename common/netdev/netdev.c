// SPDX-License-Identifier: GPL-2.0-only
// netdev: a network device: name, kind, driver, features, XDP programs, lost frames.
#include "common/netdev/netdev.h"

#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bpf/features.h"
#include "common/netdev/ethtool.h"
#include "common/netdev/netlink.h"

/* The generic netlink family "netdev": <linux/netdev.h> of Linux 6.3. */
#define NETDEV_FAMILY "netdev"
#define NETDEV_DEV_GET 1
#define NETDEV_IFINDEX 1
#define NETDEV_XDP_FEATURES 3

static const struct {
	const char *name; /* as in net/ethtool/common.c */
	size_t offset;
} features[] = {
	{"rx-lro", offsetof(struct netdev, lro)},
	{"rx-gro", offsetof(struct netdev, gro)},
	{"rx-gro-hw", offsetof(struct netdev, gro_hw)},
	{"rx-vlan-hw-parse", offsetof(struct netdev, vlan_strip)},
};

/* How drivers name counters of lost frames: there is no common list. */
static const char *const loss_words[] = {
	"miss", "discard", "drop", "no_buf", "nobuf", "out_of_buffer", "no_desc", "overflow",
};

/* Limits of the sending end: veth_xdp_set() in drivers/net/veth.c, measured on Linux 6.18. */
#define VETH_MTU_LIMIT 3506
#define VETH_FRAGMENTS_MTU_LIMIT 73138

static void read_statistics(const struct nlmsghdr *link, struct netdev *netdev)
{
	/* Without the fields that newer kernels append. */
	const size_t bytes = offsetof(struct rtnl_link_stats64, rx_nohandler);
	struct rtnl_link_stats64 statistics;
	const void *payload = netlink__payload(netlink__link_attribute(link, IFLA_STATS64), bytes);

	if (!payload)
		return;
	memcpy(&statistics, payload, bytes);
	netdev->frames = statistics.rx_packets;
	netdev->overruns =
		statistics.rx_missed_errors + statistics.rx_fifo_errors + statistics.rx_over_errors;
	netdev->dropped = statistics.rx_dropped;
}

static int read_peer_link(const struct nlmsghdr *link, void *opaque)
{
	struct netdev_programs programs;
	struct netdev *netdev = opaque;

	netdev__link_programs(link, &programs);
	netdev->peer_mtu = netlink__u32(netlink__link_attribute(link, IFLA_MTU), 0);
	netdev->peer_native_id = programs.native_id;
	return 0;
}

/*
 * The relevant MTU of a veth is that of the sending end, which may be in another namespace: the
 * kernel then gives the number by which this namespace knows the other one.
 */
static void read_peer(const struct nlmsghdr *link, struct netdev *netdev)
{
	const __s32 *netns =
		netlink__payload(netlink__link_attribute(link, IFLA_LINK_NETNSID), sizeof(*netns));
	struct ifinfomsg peer = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = netlink__u32(netlink__link_attribute(link, IFLA_LINK), 0),
	};
	struct netlink_request request;

	if (!peer.ifi_index)
		return;
	netlink__start(&request, RTM_GETLINK, &peer, sizeof(peer));
	if (netns)
		netlink__add(&request, IFLA_TARGET_NETNSID, netns, sizeof(*netns));
	netlink__ask(NETLINK_ROUTE, &request, read_peer_link, netdev);
}

static int read_device(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct netdev *netdev = opaque;

	netdev->type = info->ifi_type;
	netdev->up = info->ifi_flags & IFF_UP;
	netdev->running = info->ifi_flags & NETDEV_HAS_CARRIER;
	netdev->mtu = netlink__u32(netlink__link_attribute(link, IFLA_MTU), 0);
	netdev->queues = netlink__u32(netlink__link_attribute(link, IFLA_NUM_RX_QUEUES), 0);
	netdev->max_queues = netdev->queues;
	netlink__text(netlink__nested(netlink__link_attribute(link, IFLA_LINKINFO), IFLA_INFO_KIND),
		      netdev->kind, sizeof(netdev->kind));
	read_statistics(link, netdev);
	if (!strcmp(netdev->kind, "veth"))
		read_peer(link, netdev);
	return 0;
}

static int read_family(const struct nlmsghdr *message, void *opaque)
{
	const __u16 *id = netlink__payload(netlink__find(message, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID),
					   sizeof(*id));
	__u16 *ret = opaque;

	if (!id)
		return -EPROTO;
	*ret = *id;
	return 0;
}

static int read_xdp(const struct nlmsghdr *message, void *opaque)
{
	struct netdev *netdev = opaque;
	const void *xdp = netlink__payload(netlink__find(message, GENL_HDRLEN, NETDEV_XDP_FEATURES),
					   sizeof(netdev->xdp));

	netdev->xdp_known = xdp;
	if (xdp)
		memcpy(&netdev->xdp, xdp, sizeof(netdev->xdp));
	return 0;
}

static void read_xdp_features(struct netdev *netdev)
{
	struct genlmsghdr get_family = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct genlmsghdr get_device = {.cmd = NETDEV_DEV_GET, .version = 1};
	struct netlink_request request;
	__u16 family;

	netlink__start(&request, GENL_ID_CTRL, &get_family, sizeof(get_family));
	netlink__add(&request, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY, sizeof(NETDEV_FAMILY));
	if (netlink__ask(NETLINK_GENERIC, &request, read_family, &family))
		return;
	netlink__start(&request, family, &get_device, sizeof(get_device));
	netlink__add(&request, NETDEV_IFINDEX, &netdev->ifindex, sizeof(netdev->ifindex));
	netlink__ask(NETLINK_GENERIC, &request, read_xdp, netdev);
}

static void read_driver(struct netdev *netdev)
{
	struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	struct ethtool_ringparam rings = {.cmd = ETHTOOL_GRINGPARAM};

	if (!ethtool__ask(netdev->name, &driver)) {
		snprintf(netdev->driver, sizeof(netdev->driver), "%s", driver.driver);
		snprintf(netdev->bus, sizeof(netdev->bus), "%s", driver.bus_info);
	}
	if (!ethtool__ask(netdev->name, &channels)) {
		netdev->queues = channels.combined_count + channels.rx_count;
		netdev->max_queues = channels.max_combined + channels.max_rx;
	}
	if (!ethtool__ask(netdev->name, &rings)) {
		netdev->ring = rings.rx_pending;
		netdev->max_ring = rings.rx_max_pending;
	}
	if (ethtool__spread(netdev->name, &netdev->rss_entries, &netdev->rss_queues))
		netdev->rss_queues = 0;
}

static void read_features(struct netdev *netdev)
{
	struct ethtool_rows rows = {};

	if (ethtool__features(netdev->name, &rows))
		return;
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct ethtool_row *row = ethtool_rows__find(&rows, features[i].name);
		struct netdev_feature *feature = (void *)((char *)netdev + features[i].offset);

		if (!row)
			continue;
		*feature = (struct netdev_feature){
			.known = true,
			.on = row->value & FEATURE_ON,
			.fixed = row->value & FEATURE_FIXED,
		};
	}
	ethtool_rows__free(&rows);
}

static bool is_loss(const char *name)
{
	if (strstr(name, "tx"))
		return false;
	for (size_t i = 0; i < sizeof(loss_words) / sizeof(loss_words[0]); i++)
		if (strstr(name, loss_words[i]))
			return true;
	return false;
}

/* Keeps the largest counters, in descending order. */
static void add_loss(struct netdev *netdev, const struct ethtool_row *row)
{
	struct netdev_loss *losses = netdev->losses;
	int at = NETDEV_LOSSES;

	while (at > 0 && losses[at - 1].frames < row->value)
		at--;
	if (at == NETDEV_LOSSES)
		return;
	memmove(&losses[at + 1], &losses[at], (NETDEV_LOSSES - 1 - at) * sizeof(losses[0]));
	snprintf(losses[at].name, sizeof(losses[at].name), "%s", row->name);
	losses[at].frames = row->value;
}

static void read_losses(struct netdev *netdev)
{
	struct ethtool_rows rows = {};

	if (ethtool__statistics(netdev->name, &rows))
		return;
	for (size_t i = 0; i < rows.count; i++)
		if (rows.rows[i].value && is_loss(rows.rows[i].name))
			add_loss(netdev, &rows.rows[i]);
	ethtool_rows__free(&rows);
}

struct found {
	int ifindex;
	char *name;
};

static int read_name(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct found *found = opaque;

	found->ifindex = info->ifi_index;
	netlink__text(netlink__link_attribute(link, IFLA_IFNAME), found->name, IFNAMSIZ);
	return 0;
}

static int ask_name(const char *name, struct found *ret)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
	struct netlink_request request;
	size_t bytes = strlen(name) + 1;

	if (bytes == 1 || bytes > NETDEV_NAME_BYTES)
		return -ENODEV;
	netlink__start(&request, RTM_GETLINK, &link, sizeof(link));
	/* The kernel looks this attribute up among real names, too. */
	netlink__add(&request, IFLA_ALT_IFNAME, name, bytes);
	return netlink__ask(NETLINK_ROUTE, &request, read_name, ret);
}

int netdev__find(const char *name, char ret_name[IFNAMSIZ], struct errmsg *why)
{
	struct found found = {.name = ret_name};
	int err = ask_name(name, &found);

	if (!err)
		return found.ifindex;
	if (err != -ENODEV)
		return errmsg__set(why, err, "%s: looking up the interface: %s", name,
				   strerror(-err));
	return errmsg__set(why, err,
			   "%s: no such interface: 'ip link' lists them (--netns NAME looks in "
			   "another network namespace)",
			   name);
}

int netdev__index(const char *name, struct errmsg *why)
{
	char real_name[IFNAMSIZ];

	return netdev__find(name, real_name, why);
}

void netdev__link_programs(const struct nlmsghdr *link, struct netdev_programs *ret)
{
	const struct nlattr *xdp = netlink__link_attribute(link, IFLA_XDP);

	*ret = (struct netdev_programs){
		.native_id = netlink__u32(netlink__nested(xdp, IFLA_XDP_DRV_PROG_ID), 0),
		.generic_id = netlink__u32(netlink__nested(xdp, IFLA_XDP_SKB_PROG_ID), 0),
		.offload_id = netlink__u32(netlink__nested(xdp, IFLA_XDP_HW_PROG_ID), 0),
	};
}

static int read_programs(const struct nlmsghdr *link, void *opaque)
{
	netdev__link_programs(link, opaque);
	return 0;
}

int netdev__programs(int ifindex, struct netdev_programs *ret)
{
	return netlink__links(ifindex, read_programs, ret);
}

int netdev__read(const char *interface, struct netdev *ret, struct errmsg *why)
{
	struct netdev netdev = {};
	int err = netdev__find(interface, netdev.name, why);

	if (err < 0)
		return err;
	netdev.ifindex = err;
	err = netlink__links(netdev.ifindex, read_device, &netdev);
	if (err)
		return errmsg__set(why, err, "%s: reading its properties: %s", interface,
				   strerror(-err));
	read_xdp_features(&netdev);
	read_driver(&netdev);
	read_features(&netdev);
	read_losses(&netdev);
	irq__read(netdev.name, netdev.ifindex, &netdev.interrupts);
	*ret = netdev;
	return 0;
}

__u32 netdev__peer_mtu_limit(const struct netdev *netdev)
{
	if (strcmp(netdev->kind, "veth"))
		return 0;
	return features__multi_buffer() ? VETH_FRAGMENTS_MTU_LIMIT : VETH_MTU_LIMIT;
}
