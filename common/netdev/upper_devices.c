// SPDX-License-Identifier: GPL-2.0-only
// upper_devices: upper devices of an interface, on which its packets may be reported as received.
#include "common/netdev/upper_devices.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/netdev/netlink.h"

struct link {
	int ifindex;
	int lower; /* 0: none */
	int upper; /* 0: none */
};

struct links {
	struct link *rows;
	size_t count;
};

/* An interface with its uppers, as far as they are known. */
struct stack {
	int *ifindexes;
	int count;
	int max;
};

static int add_upper_link(const struct nlmsghdr *message, void *opaque)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	struct links *links = opaque;
	struct link link = {
		.ifindex = info->ifi_index,
		.upper = netlink__u32(netlink__link_attribute(message, IFLA_MASTER), 0),
	};
	/* In steps of the powers of two. */
	bool full = !(links->count & (links->count - 1));
	void *grown =
		full ? reallocarray(links->rows, 2 * links->count + 1, sizeof(link)) : links->rows;

	if (!grown)
		return -ENOMEM;
	links->rows = grown;
	/* IFLA_LINK of a veth is its peer, and may be in another namespace for other kinds. */
	if (!netlink__is_kind(message, IFLA_INFO_KIND, "veth") &&
	    !netlink__link_attribute(message, IFLA_LINK_NETNSID))
		link.lower = netlink__u32(netlink__link_attribute(message, IFLA_LINK), 0);
	links->rows[links->count++] = link;
	return 0;
}

static bool stack_contains(const struct stack *stack, int ifindex)
{
	for (int i = 0; i < stack->count; i++)
		if (stack->ifindexes[i] == ifindex)
			return true;
	return false;
}

static void stack_add(struct stack *stack, int ifindex)
{
	if (ifindex && stack->count < stack->max && !stack_contains(stack, ifindex))
		stack->ifindexes[stack->count++] = ifindex;
}

int upper_devices__list(int ifindex, int *ret, int max)
{
	struct stack stack = {.ifindexes = ret, .max = max};
	struct links links = {};
	int before;

	stack_add(&stack, ifindex);
	/* A partial dump is still of use. */
	netlink__links(0, add_upper_link, &links);
	/* Links come in no particular order: repeat until none is added. */
	do {
		before = stack.count;
		for (size_t i = 0; i < links.count; i++) {
			if (stack_contains(&stack, links.rows[i].ifindex))
				stack_add(&stack, links.rows[i].upper);
			if (stack_contains(&stack, links.rows[i].lower))
				stack_add(&stack, links.rows[i].ifindex);
		}
	} while (stack.count != before);
	free(links.rows);
	return stack.count;
}
