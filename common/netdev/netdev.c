// SPDX-License-Identifier: GPL-2.0-only
// netdev: what a network device is, what it offers, and what it has lost.
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

/* Of the generic netlink family "netdev", <linux/netdev.h> since 6.3. */
#define NETDEV_FAMILY "netdev"
#define NETDEV_DEV_GET 1
#define NETDEV_IFINDEX 1
#define NETDEV_XDP_FEATURES 3

static const struct {
	const char *name; /* as in net/ethtool/common.c */
	size_t offset;
} features[] = {
	{"rx-lro", offsetof(struct device, lro)},
	{"rx-gro", offsetof(struct device, gro)},
	{"rx-gro-hw", offsetof(struct device, gro_hw)},
	{"rx-vlan-hw-parse", offsetof(struct device, vlan_strip)},
};

/* What drivers call a frame that got lost; there is no list, each has words of its own. */
static const char *const loss_words[] = {
	"miss", "discard", "drop", "no_buf", "nobuf", "out_of_buffer", "no_desc", "overflow",
};

/* veth_xdp_set() in drivers/net/veth.c, measured on 6.18: of the end that sends. */
#define VETH_MTU_LIMIT 3506
#define VETH_FRAGMENTS_MTU_LIMIT 73138

static int ask_link(int ifindex, const __s32 *netns, struct netlink_reply *reply)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct netlink_request request;

	netlink__start(&request, RTM_GETLINK, &link, sizeof(link));
	if (netns)
		netlink__add(&request, IFLA_TARGET_NETNSID, netns, sizeof(*netns));
	return netlink__ask(NETLINK_ROUTE, &request, reply);
}

static const struct nlattr *link_attribute(const struct netlink_reply *reply, __u16 type)
{
	return netlink__find(reply, sizeof(struct ifinfomsg), type);
}

static void read_statistics(const struct netlink_reply *reply, struct device *device)
{
	/* Without the fields that newer kernels append. */
	struct rtnl_link_stats64 statistics;
	const void *payload = netlink__payload(link_attribute(reply, IFLA_STATS64),
					       offsetof(struct rtnl_link_stats64, rx_nohandler));

	if (!payload)
		return;
	memcpy(&statistics, payload, offsetof(struct rtnl_link_stats64, rx_nohandler));
	device->frames = statistics.rx_packets;
	device->overruns =
		statistics.rx_missed_errors + statistics.rx_fifo_errors + statistics.rx_over_errors;
	device->dropped = statistics.rx_dropped;
}

/* The MTU that counts for a veth is the one of the end that sends, which may be in another
 * namespace: the kernel then gives the number by which this one knows it. */
static __u32 peer_mtu(const struct netlink_reply *reply)
{
	const __s32 *netns = netlink__payload(link_attribute(reply, IFLA_LINK_NETNSID), 4);
	__u32 peer = netlink__u32(link_attribute(reply, IFLA_LINK), 0);
	struct netlink_reply *answer;
	__u32 mtu = 0;

	answer = peer ? malloc(sizeof(*answer)) : NULL;
	if (answer && !ask_link(peer, netns, answer))
		mtu = netlink__u32(link_attribute(answer, IFLA_MTU), 0);
	free(answer);
	return mtu;
}

static int read_link(struct device *device)
{
	struct netlink_reply *reply = malloc(sizeof(*reply));
	const struct ifinfomsg *link;
	int err;

	if (!reply)
		return -ENOMEM;
	err = ask_link(device->ifindex, NULL, reply);
	if (err)
		goto out;
	link = (const void *)reply->body;
	device->up = link->ifi_flags & IFF_UP;
	device->running = link->ifi_flags & DEVICE_HAS_CARRIER;
	device->mtu = netlink__u32(link_attribute(reply, IFLA_MTU), 0);
	device->queues = netlink__u32(link_attribute(reply, IFLA_NUM_RX_QUEUES), 0);
	device->max_queues = device->queues;
	netlink__text(netlink__nested(link_attribute(reply, IFLA_LINKINFO), IFLA_INFO_KIND),
		      device->kind, sizeof(device->kind));
	read_statistics(reply, device);
	if (!strcmp(device->kind, "veth"))
		device->peer_mtu = peer_mtu(reply);
out:
	free(reply);
	return err;
}

static void read_xdp_features(struct device *device)
{
	struct genlmsghdr get_family = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct genlmsghdr get_device = {.cmd = NETDEV_DEV_GET, .version = 1};
	struct netlink_reply *reply = malloc(sizeof(*reply));
	struct netlink_request request;
	const __u16 *family;
	const void *xdp;

	if (!reply)
		return;
	netlink__start(&request, GENL_ID_CTRL, &get_family, sizeof(get_family));
	netlink__add(&request, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY, sizeof(NETDEV_FAMILY));
	if (netlink__ask(NETLINK_GENERIC, &request, reply))
		goto out;
	family = netlink__payload(netlink__find(reply, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID), 2);
	if (!family)
		goto out;
	netlink__start(&request, *family, &get_device, sizeof(get_device));
	netlink__add(&request, NETDEV_IFINDEX, &device->ifindex, sizeof(device->ifindex));
	if (netlink__ask(NETLINK_GENERIC, &request, reply))
		goto out;
	xdp = netlink__payload(netlink__find(reply, GENL_HDRLEN, NETDEV_XDP_FEATURES), 8);
	device->xdp_known = xdp;
	if (xdp)
		memcpy(&device->xdp, xdp, sizeof(device->xdp));
out:
	free(reply);
}

static void read_driver(struct device *device)
{
	struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	struct ethtool_ringparam rings = {.cmd = ETHTOOL_GRINGPARAM};

	if (!ethtool__ask(device->name, &driver)) {
		snprintf(device->driver, sizeof(device->driver), "%s", driver.driver);
		snprintf(device->bus, sizeof(device->bus), "%s", driver.bus_info);
	}
	if (!ethtool__ask(device->name, &channels)) {
		device->queues = channels.combined_count + channels.rx_count;
		device->max_queues = channels.max_combined + channels.max_rx;
	}
	if (!ethtool__ask(device->name, &rings)) {
		device->ring = rings.rx_pending;
		device->max_ring = rings.rx_max_pending;
	}
	if (ethtool__spread(device->name, &device->rss_entries, &device->rss_queues))
		device->rss_queues = 0;
}

static void read_features(struct device *device)
{
	struct ethtool_rows rows = {};

	if (ethtool__features(device->name, &rows))
		return;
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct ethtool_row *row = ethtool_rows__find(&rows, features[i].name);
		struct device_feature *feature = (void *)((char *)device + features[i].offset);

		if (!row)
			continue;
		*feature = (struct device_feature){
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

/* Keeps the largest, in order. */
static void add_loss(struct device *device, const struct ethtool_row *row)
{
	struct device_loss *losses = device->losses;
	int place = DEVICE_LOSSES;

	while (place > 0 && losses[place - 1].frames < row->value)
		place--;
	if (place == DEVICE_LOSSES)
		return;
	memmove(&losses[place + 1], &losses[place],
		(DEVICE_LOSSES - 1 - place) * sizeof(losses[0]));
	snprintf(losses[place].name, sizeof(losses[place].name), "%s", row->name);
	losses[place].frames = row->value;
}

static void read_losses(struct device *device)
{
	struct ethtool_rows rows = {};

	if (ethtool__statistics(device->name, &rows))
		return;
	for (size_t i = 0; i < rows.count; i++)
		if (rows.rows[i].value && is_loss(rows.rows[i].name))
			add_loss(device, &rows.rows[i]);
	ethtool_rows__free(&rows);
}

int device__read(const char *interface, struct device *ret, struct errmsg *why)
{
	struct device device = {.ifindex = if_nametoindex(interface)};
	int err = -ENODEV;

	snprintf(device.name, sizeof(device.name), "%s", interface);
	if (device.ifindex)
		err = read_link(&device);
	if (err)
		return errmsg__set(why, err, "%s: asking what it is: %s", interface,
				   strerror(-err));
	read_xdp_features(&device);
	read_driver(&device);
	read_features(&device);
	read_losses(&device);
	irq__read(interface, device.ifindex, &device.interrupts);
	*ret = device;
	return 0;
}

__u32 device__peer_mtu_limit(const struct device *device)
{
	if (strcmp(device->kind, "veth"))
		return 0;
	return features__multi_buffer() ? VETH_FRAGMENTS_MTU_LIMIT : VETH_MTU_LIMIT;
}
