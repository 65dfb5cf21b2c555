// SPDX-License-Identifier: GPL-2.0-only
// upper_devices: the interfaces above an interface: what it receives may seem to come in on them.
#include "common/netdev/upper_devices.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/netdev/netlink.h"

/* An interface's neighbours below and above; 0: none. */
struct place {
	int below;
	int above;
};

static struct place place_of(int ifindex)
{
	static struct netlink_reply reply; /* too large for the stack */
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct netlink_request request;
	struct place place = {};
	char kind[16];

	netlink__start(&request, RTM_GETLINK, &link, sizeof(link));
	if (netlink__ask(NETLINK_ROUTE, &request, &reply))
		return place;
	place.above = netlink__u32(netlink__find(&reply, sizeof(link), IFLA_MASTER), 0);
	netlink__text(
		netlink__nested(netlink__find(&reply, sizeof(link), IFLA_LINKINFO), IFLA_INFO_KIND),
		kind, sizeof(kind));
	/* The other end of a cable is not below, nor is an interface of another namespace. */
	if (strcmp(kind, "veth") && !netlink__find(&reply, sizeof(link), IFLA_LINK_NETNSID))
		place.below = netlink__u32(netlink__find(&reply, sizeof(link), IFLA_LINK), 0);
	return place;
}

static bool contains(const int *list, int count, int ifindex)
{
	for (int i = 0; i < count; i++)
		if (list[i] == ifindex)
			return true;
	return false;
}

int upper_devices__list(int ifindex, int *ret, int max)
{
	struct if_nameindex *all = if_nameindex();
	int count = 1, before = 0, above;

	ret[0] = ifindex;
	/* As long as something is found: the list has no order. */
	while (all && before != count) {
		before = count;
		for (int i = 0; all[i].if_index && count < max; i++)
			if (!contains(ret, count, all[i].if_index) &&
			    contains(ret, count, place_of(all[i].if_index).below))
				ret[count++] = all[i].if_index;
		for (int i = 0; i < before && count < max; i++) {
			above = place_of(ret[i]).above;
			if (above && !contains(ret, count, above))
				ret[count++] = above;
		}
	}
	if (all)
		if_freenameindex(all);
	return count;
}
