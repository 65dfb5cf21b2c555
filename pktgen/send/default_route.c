// SPDX-License-Identifier: GPL-2.0-only
// default_route: refuse interfaces that reach the network of a default route.
#include "pktgen/send/default_route.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/netdev/netlink.h"

/* Two interfaces on the same layer 2 network. */
struct edge {
	int a;
	int b;
};

/* The interfaces of this namespace, as far as links and routes connect them. */
struct network {
	struct edge *edge;
	size_t edges;
	int *route; /* interfaces with a default route */
	size_t routes;
	int *member; /* on the same network as the interface; itself first */
	size_t members;
};

/* Makes room for one more item; capacities are powers of two. */
static void *grow_array(void *items, size_t count, size_t item_bytes)
{
	return count & (count - 1) ? items : realloc(items, (count ? 2 * count : 1) * item_bytes);
}

static int add_edge(struct network *network, int a, int b)
{
	struct edge *edge;

	if (!b)
		return 0;
	edge = grow_array(network->edge, network->edges, sizeof(*edge));
	if (!edge)
		return -ENOMEM;
	network->edge = edge;
	network->edge[network->edges++] = (struct edge){a, b};
	return 0;
}

/* A VRF's members share routing tables, not a network; a veth's link is its other end. */
static int default_route_read_link(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct network *network = opaque;
	int err = 0;

	if (!netlink__is_kind(link, IFLA_INFO_SLAVE_KIND, "vrf"))
		err = add_edge(network, info->ifi_index,
			       netlink__u32(netlink__link_attribute(link, IFLA_MASTER), 0));
	if (!err && !netlink__link_attribute(link, IFLA_LINK_NETNSID) &&
	    !netlink__is_kind(link, IFLA_INFO_KIND, "veth"))
		err = add_edge(network, info->ifi_index,
			       netlink__u32(netlink__link_attribute(link, IFLA_LINK), 0));
	return err;
}

static int add_route(struct network *network, int ifindex)
{
	int *route;

	if (!ifindex)
		return 0;
	route = grow_array(network->route, network->routes, sizeof(*route));
	if (!route)
		return -ENOMEM;
	network->route = route;
	network->route[network->routes++] = ifindex;
	return 0;
}

static int default_route_read_hops(const struct nlattr *multipath, struct network *network)
{
	const struct rtnexthop *hop = netlink__payload(multipath, 0);
	int left = netlink__payload_bytes(multipath), err = 0;

	while (!err && left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
		err = add_route(network, hop->rtnh_ifindex);
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return err;
}

static int default_route_read_route(const struct nlmsghdr *message, void *opaque)
{
	const struct nlattr *multipath = netlink__route_attribute(message, RTA_MULTIPATH);
	const struct rtmsg *route = NLMSG_DATA(message);

	if (route->rtm_dst_len > 1 || route->rtm_type != RTN_UNICAST)
		return 0;
	if (multipath)
		return default_route_read_hops(multipath, opaque);
	return add_route(opaque, netlink__u32(netlink__route_attribute(message, RTA_OIF), 0));
}

static bool is_member(const struct network *network, int ifindex)
{
	for (size_t i = 0; i < network->members; i++)
		if (network->member[i] == ifindex)
			return true;
	return false;
}

static int find_members(struct network *network, int ifindex)
{
	bool grown = true;

	/* Each edge adds one member at most. */
	network->member = malloc((network->edges + 1) * sizeof(*network->member));
	if (!network->member)
		return -ENOMEM;
	network->member[network->members++] = ifindex;
	while (grown) {
		grown = false;
		for (size_t i = 0; i < network->edges; i++) {
			const struct edge *edge = &network->edge[i];
			bool a = is_member(network, edge->a), b = is_member(network, edge->b);

			if (a == b)
				continue;
			network->member[network->members++] = a ? edge->b : edge->a;
			grown = true;
		}
	}
	return 0;
}

static int read_network(struct network *network, int ifindex)
{
	int err = netlink__links(0, default_route_read_link, network);

	if (err)
		return err;
	err = netlink__routes(AF_INET, default_route_read_route, network);
	if (err)
		return err;
	err = netlink__routes(AF_INET6, default_route_read_route, network);
	return err ? err : find_members(network, ifindex);
}

static int default_route_error(const char *name, int ifindex, int route_ifindex, struct errmsg *why)
{
	char device[IF_NAMESIZE] = "?";

	if (route_ifindex == ifindex)
		return errmsg__set(why, -EPERM,
				   "%s: carries a default route: try a veth pair in a namespace, "
				   "or add --i-own-this-network",
				   name);
	if_indextoname(route_ifindex, device);
	return errmsg__set(why, -EPERM,
			   "%s: is on the same network as %s, which carries a default route: try "
			   "a veth pair in a namespace, or add --i-own-this-network",
			   name, device);
}

int default_route__refuse(const char *name, int ifindex, struct errmsg *why)
{
	struct network network = {};
	int err = read_network(&network, ifindex);

	if (err)
		err = errmsg__set(why, err, "%s: cannot read the default routes: %s", name,
				  strerror(-err));
	for (size_t i = 0; !err && i < network.routes; i++)
		if (is_member(&network, network.route[i]))
			err = default_route_error(name, ifindex, network.route[i], why);
	free(network.edge);
	free(network.route);
	free(network.member);
	return err;
}
