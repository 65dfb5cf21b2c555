// SPDX-License-Identifier: GPL-2.0-only
// default_route: does an interface lead to where the default route leads?
#include "pktgen/send/default_route.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>

#include "common/netdev/netlink.h"

#define MAX_EDGES 4096
#define MAX_ROUTES 256

/* Two interfaces on the same network, as far as the kernel knows. */
struct edge {
	int a;
	int b;
};

struct map {
	int edges;
	int routes;
	struct edge edge[MAX_EDGES];
	int route[MAX_ROUTES]; /* interfaces with a default route */
	int members;
	int member[MAX_EDGES + 1]; /* what the interface is on one network with; itself first */
};

static int add_edge(struct map *map, int a, int b)
{
	if (!b)
		return 0;
	if (map->edges == MAX_EDGES)
		return -E2BIG;
	map->edge[map->edges++] = (struct edge){a, b};
	return 0;
}

/* A VRF's members share routing tables, not a network; a veth's link is its other end. */
static int read_link(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct map *map = opaque;
	int err = 0;

	if (!netlink__is_kind(link, IFLA_INFO_SLAVE_KIND, "vrf"))
		err = add_edge(map, info->ifi_index,
			       netlink__u32(netlink__link_attribute(link, IFLA_MASTER), 0));
	if (!err && !netlink__link_attribute(link, IFLA_LINK_NETNSID) &&
	    !netlink__is_kind(link, IFLA_INFO_KIND, "veth"))
		err = add_edge(map, info->ifi_index,
			       netlink__u32(netlink__link_attribute(link, IFLA_LINK), 0));
	return err;
}

static int add_route(struct map *map, int ifindex)
{
	if (!ifindex)
		return 0;
	if (map->routes == MAX_ROUTES)
		return -E2BIG;
	map->route[map->routes++] = ifindex;
	return 0;
}

static int read_hops(const struct nlattr *multipath, struct map *map)
{
	const struct rtnexthop *hop = netlink__payload(multipath, 0);
	int left = netlink__payload_bytes(multipath), err = 0;

	while (!err && left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
		err = add_route(map, hop->rtnh_ifindex);
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return err;
}

static int read_route(const struct nlmsghdr *message, void *opaque)
{
	const struct nlattr *multipath = netlink__route_attribute(message, RTA_MULTIPATH);
	const struct rtmsg *route = NLMSG_DATA(message);

	if (route->rtm_dst_len > 1 || route->rtm_type != RTN_UNICAST)
		return 0;
	if (multipath)
		return read_hops(multipath, opaque);
	return add_route(opaque, netlink__u32(netlink__route_attribute(message, RTA_OIF), 0));
}

static bool is_member(const struct map *map, int ifindex)
{
	for (int i = 0; i < map->members; i++)
		if (map->member[i] == ifindex)
			return true;
	return false;
}

static void find_members(struct map *map, int ifindex)
{
	bool grown = true;

	map->member[map->members++] = ifindex;
	while (grown) {
		grown = false;
		for (int i = 0; i < map->edges; i++) {
			bool a = is_member(map, map->edge[i].a), b = is_member(map, map->edge[i].b);

			if (a == b)
				continue;
			map->member[map->members++] = a ? map->edge[i].b : map->edge[i].a;
			grown = true;
		}
	}
}

static int refuse(const char *name, int ifindex, int route_ifindex, struct errmsg *why)
{
	char device[IF_NAMESIZE] = "?";

	if (route_ifindex == ifindex)
		return errmsg__set(why, -EPERM,
				   "%s: carries a default route: try a veth pair in a namespace, "
				   "or add --i-own-this-network",
				   name);
	if_indextoname(route_ifindex, device);
	return errmsg__set(why, -EPERM,
			   "%s: is on one network with %s, which carries a default route: try a "
			   "veth pair in a namespace, or add --i-own-this-network",
			   name, device);
}

int default_route__refuse(const char *name, int ifindex, struct errmsg *why)
{
	static struct map map;
	int err;

	memset(&map, 0, sizeof(map));
	err = netlink__links(0, read_link, &map);
	if (!err)
		err = netlink__routes(AF_INET, read_route, &map);
	if (!err)
		err = netlink__routes(AF_INET6, read_route, &map);
	if (err)
		return errmsg__set(why, err, "%s: cannot find out about default routes: %s", name,
				   strerror(-err));
	find_members(&map, ifindex);
	for (int i = 0; i < map.routes; i++)
		if (is_member(&map, map.route[i]))
			return refuse(name, ifindex, map.route[i], why);
	return 0;
}
