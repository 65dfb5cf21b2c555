// SPDX-License-Identifier: GPL-2.0-only
// answers: whether answers that a program sends back (XDP_TX) leave an interface as they should.
#include "common/attach/answers.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/dataplane/answering.h"
#include "common/netdev/link_layer.h"
#include "common/netdev/netlink.h"
#include "common/netdev/syn_cookies.h"
#include "common/netdev/upper_devices.h"

#define MAX_UPPERS 64
#define MIN_MTU 576 /* RFC 791 */
#define MAX_PACKET_BYTES 65535

__attribute__((format(printf, 3, 4))) static bool
obstacle_set(struct answers_obstacle *ret, const char *reason, const char *remedy, ...)
{
	va_list args;

	snprintf(ret->reason, sizeof(ret->reason), "%s", reason);
	va_start(args, remedy);
	vsnprintf(ret->remedy, sizeof(ret->remedy), remedy, args);
	va_end(args);
	return true;
}

/* In generic mode, the kernel would send an answer with the protocol that its first bytes spell. */
static bool lacks_headers(const struct netdev *netdev, struct answers_obstacle *ret)
{
	if (link_layer__of(netdev->type) != LINK_LAYER_IP)
		return false;
	return obstacle_set(ret,
			    "frames have no Ethernet header, without which the kernel may send "
			    "answers as another protocol",
			    "apply the policy to the interface below it");
}

/* veth_xdp_flush() wakes the other end only if it has a program. */
static bool is_deaf_veth(const struct netdev *netdev, enum attach_mode mode,
			 struct answers_obstacle *ret)
{
	if (strcmp(netdev->kind, "veth") || mode != ATTACH_NATIVE || netdev->peer_native_id)
		return false;
	if (!netdev->peer_mtu)
		return obstacle_set(ret,
				    "the other end of the veth cannot be seen: it loses answers "
				    "unless it has an XDP program in native mode",
				    "detach and attach %s with -m generic", netdev->name);
	return obstacle_set(ret,
			    "the other end of the veth loses answers: it has no XDP program in "
			    "native mode",
			    "attach xdpctl there as well, or detach and attach %s with -m generic",
			    netdev->name);
}

static int find_vlan(const struct nlmsghdr *link, void *opaque)
{
	bool *found = opaque;

	*found |= netlink__is_kind(link, IFLA_INFO_KIND, "vlan") ||
		  netlink__is_kind(link, IFLA_INFO_KIND, "bridge");
	return 0;
}

/* A bridge may forward tagged frames. */
static bool may_be_tagged(int ifindex)
{
	int stack[MAX_UPPERS], count = upper_devices__list(ifindex, stack, MAX_UPPERS);
	bool found = false;

	for (int i = 1; i < count; i++)
		netlink__links(stack[i], find_vlan, &found);
	return found || count == MAX_UPPERS;
}

static bool hides_tags(const struct netdev *netdev, struct answers_obstacle *ret)
{
	if (!netdev->vlan_strip.on || !may_be_tagged(netdev->ifindex))
		return false;
	return obstacle_set(ret,
			    "the device removes VLAN tags before XDP sees them, and there is a "
			    "VLAN or a bridge on it: answers would have no tag",
			    netdev->vlan_strip.fixed ? "apply the policy to another interface"
						     : "ethtool -K %s rxvlan off",
			    netdev->name);
}

bool answers__find_obstacle(const struct netdev *netdev, enum attach_mode mode,
			    struct answers_obstacle *ret)
{
	*ret = (struct answers_obstacle){};
	return lacks_headers(netdev, ret) || is_deaf_veth(netdev, mode, ret) ||
	       hides_tags(netdev, ret);
}

/* A smaller MTU than each host must take is not told to clients. */
static struct cookie_settings cookie_settings_of(const struct netdev *netdev)
{
	__u32 mtu = netdev->mtu < MIN_MTU ? MIN_MTU : netdev->mtu;
	struct syn_cookie_options options;

	syn_cookies__read_options(&options);
	return (struct cookie_settings){
		.mtu = mtu < MAX_PACKET_BYTES ? mtu : MAX_PACKET_BYTES,
		.options = (options.timestamps ? COOKIE_TIMESTAMPS : 0) |
			   (options.sack ? COOKIE_SACK : 0) | (options.ecn ? COOKIE_ECN : 0) |
			   (options.window_scaling ? COOKIE_WINDOW_SCALE : 0),
		.window_scale = options.window_scale,
	};
}

int answers__allow(const char *interface, enum attach_mode mode, const struct dataplane *dataplane,
		   struct answers_obstacle *ret, struct errmsg *why)
{
	struct cookie_settings cookie;
	struct netdev netdev;
	int err = netdev__read(interface, &netdev, why);

	if (err)
		return err;
	cookie = cookie_settings_of(&netdev);
	return dataplane__set_answering(dataplane, answers__find_obstacle(&netdev, mode, ret),
					&cookie, why);
}
