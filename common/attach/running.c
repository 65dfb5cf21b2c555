// SPDX-License-Identifier: GPL-2.0-only
// running: which interfaces run which XDP programs, in all network namespaces that can be reached.
#include "common/attach/running.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/attach/dispatcher_pins.h"
#include "common/netdev/netdev.h"
#include "common/netdev/netlink.h"
#include "common/netdev/netns_walk.h"

struct running_list {
	const struct netns *netns;
	struct running *list;
	size_t count;
};

static int add_link(const struct nlmsghdr *link, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(link);
	struct running_list *lists = opaque;
	struct netdev_programs programs;
	struct running *grown, *added;

	netdev__link_programs(link, &programs);
	if (!programs.native_id && !programs.generic_id && !programs.offload_id)
		return 0;
	grown = reallocarray(lists->list, lists->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	lists->list = grown;
	added = &grown[lists->count++];
	*added = (struct running){
		.netns = lists->netns->inode,
		.ifindex = info->ifi_index,
		.programs.program_ids =
			{
				[ATTACH_NATIVE] = programs.native_id,
				[ATTACH_GENERIC] = programs.generic_id,
				[ATTACH_OFFLOAD] = programs.offload_id,
			},
	};
	snprintf(added->label, sizeof(added->label), "%s", lists->netns->label);
	netlink__text(netlink__link_attribute(link, IFLA_IFNAME), added->interface, IFNAMSIZ);
	return 0;
}

static int inside_namespace(const struct netns *netns, struct running_list *lists,
			    int (*act)(struct running_list *lists))
{
	int err, back = -1;

	if (netns->inode != netns__inode()) {
		back = netns__enter(netns);
		if (back < 0)
			return back;
	}
	err = act(lists);
	if (back >= 0)
		netns__leave(back);
	return err;
}

static int add_links(struct running_list *lists)
{
	return netlink__links(0, add_link, lists);
}

static int add_namespace(const struct netns *netns, void *opaque)
{
	struct running_list *lists = opaque;

	lists->netns = netns;
	return inside_namespace(netns, lists, add_links);
}

/* It may have ended meanwhile. */
static int add_hidden(const struct nlmsghdr *message, void *opaque)
{
	const struct netns hidden = {.fd = -1, .label = RUNNING_HIDDEN_LABEL};
	struct running_list *lists = opaque;
	__s32 id = netlink__u32(netlink__find(message, sizeof(struct rtgenmsg), NETNSA_NSID), -1);
	int err;

	if (id < 0)
		return 0;
	lists->netns = &hidden;
	err = netlink__links_of(id, add_link, lists);
	return err == -EINVAL ? 0 : err;
}

static int add_all_hidden(struct running_list *lists)
{
	return netlink__netns_ids(add_hidden, lists);
}

static int add_known_to(const struct netns *netns, void *opaque)
{
	return inside_namespace(netns, opaque, add_all_hidden);
}

static int finish(struct running_list *lists, int err, struct running **ret, size_t *ret_count)
{
	if (err) {
		free(lists->list);
		return err;
	}
	*ret = lists->list;
	*ret_count = lists->count;
	return 0;
}

int running__list(struct running **ret, size_t *ret_count)
{
	struct running_list lists = {};
	int err = netns__each(add_namespace, &lists);

	return finish(&lists, err, ret, ret_count);
}

int running__list_hidden(struct running **ret, size_t *ret_count)
{
	struct running_list lists = {};
	int err = netns__each(add_known_to, &lists);

	return finish(&lists, err, ret, ret_count);
}

int running__list_here(struct running **ret, size_t *ret_count)
{
	const struct netns here = {.inode = netns__inode(), .fd = -1};
	struct running_list lists = {.netns = &here};
	int err = netlink__links(0, add_link, &lists);

	return finish(&lists, err, ret, ret_count);
}

const struct running *running__find(const struct running *list, size_t count, __u32 program_id)
{
	for (size_t i = 0; i < count; i++)
		if (xdp_hook_state__mode_of(&list[i].programs, program_id) != ATTACH_NONE)
			return &list[i];
	for (size_t i = 0; program_id && i < count; i++)
		if (dispatcher_pins__holds(xdp_hook_state__any(&list[i].programs), program_id))
			return &list[i];
	return NULL;
}
