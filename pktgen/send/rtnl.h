// SPDX-License-Identifier: GPL-2.0-only
// rtnl: questions to the kernel about links and routes of this network namespace.
#ifndef PKTGEN_SEND_RTNL_H
#define PKTGEN_SEND_RTNL_H

#include <linux/rtnetlink.h>
#include <linux/types.h>
#include <stdbool.h>

/* One answer: the header behind nlmsghdr, and its attributes by type; absent ones are NULL. */
struct rtnl_answer {
	const struct nlmsghdr *message;
	const void *header;
	const struct rtattr *attributes[128];
};

/**
 * rtnl__ask() - send a request and hand every answer to @each
 * @type: RTM_GETLINK or RTM_GETROUTE
 * @family: AF_UNSPEC, AF_INET or AF_INET6
 * @ifindex: of RTM_GETLINK: the one link to ask about; 0: all
 * @each: stops the loop by returning something else than 0, which is then returned
 *
 * Return: 0 or a negative errno.
 */
int rtnl__ask(__u16 type, __u8 family, int ifindex,
	      int (*each)(const struct rtnl_answer *answer, void *opaque), void *opaque);

/**
 * rtnl__is_kind() - is a link of a kind, such as "veth"?
 * @type: IFLA_INFO_KIND of the link itself, or IFLA_INFO_SLAVE_KIND of what it is a port of
 */
bool rtnl__is_kind(const struct rtnl_answer *answer, int type, const char *kind);

/** rtnl__u32() - the value of an attribute, or 0 where it is absent. */
__u32 rtnl__u32(const struct rtattr *attribute);

#endif
