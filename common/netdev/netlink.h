// SPDX-License-Identifier: GPL-2.0-only
// netlink: requests to the kernel's network configuration, and the messages of the answers.
#ifndef COMMON_NETDEV_NETLINK_H
#define COMMON_NETDEV_NETLINK_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* A message being written, header first. */
struct netlink_request {
	struct nlmsghdr header;
	char body[256];
};

/* Called for each message of an answer; a value other than 0 ends the reading and is returned. */
typedef int netlink_reader(const struct nlmsghdr *message, void *opaque);

/**
 * netlink__start() - begin a request
 * @type: the message's type
 * @fixed: the protocol's own header, copied in
 */
void netlink__start(struct netlink_request *request, __u16 type, const void *fixed,
		    size_t fixed_bytes);

/**
 * netlink__add() - append an attribute
 *
 * Return: 0, or -EMSGSIZE, with the request unchanged, if it does not fit.
 */
int netlink__add(struct netlink_request *request, __u16 type, const void *value, size_t bytes);

/**
 * netlink__ask() - send a request and read the answer
 * @protocol: NETLINK_ROUTE or NETLINK_GENERIC
 * @request: one message is expected, or with NLM_F_DUMP in its flags any number of them
 *
 * Return: 0, what @each returned, or the negative errno that the kernel answered.
 */
int netlink__ask(int protocol, const struct netlink_request *request, netlink_reader *each,
		 void *opaque);

/**
 * netlink__links() - ask for links of this network namespace
 * @ifindex: the one link to ask for, which costs the same among any number of links; 0: all
 *
 * Return: as netlink__ask(); -ENODEV if there is no such link.
 */
int netlink__links(int ifindex, netlink_reader *each, void *opaque);

/**
 * netlink__links_of() - ask for the links of another network namespace, which is not entered
 * @netns_id: the id that this network namespace has for it
 *
 * Return: as netlink__ask().
 */
int netlink__links_of(__s32 netns_id, netlink_reader *each, void *opaque);

/** netlink__netns_ids() - ask which ids this network namespace has for others, by NETNSA_NSID. */
int netlink__netns_ids(netlink_reader *each, void *opaque);

/** netlink__routes() - ask for all routes of AF_INET or AF_INET6. Return: as netlink__ask(). */
int netlink__routes(__u8 family, netlink_reader *each, void *opaque);

/**
 * netlink__find() - an attribute of a message
 * @fixed_bytes: the size of the protocol's own header
 *
 * Return: the attribute, inside @message, or NULL.
 */
const struct nlattr *netlink__find(const struct nlmsghdr *message, size_t fixed_bytes, __u16 type);

/** netlink__link_attribute() - netlink__find(), for a link. */
const struct nlattr *netlink__link_attribute(const struct nlmsghdr *link, __u16 type);

/** netlink__route_attribute() - netlink__find(), for a route. */
const struct nlattr *netlink__route_attribute(const struct nlmsghdr *route, __u16 type);

/** netlink__nested() - an attribute inside another one; NULL if that is NULL or has none. */
const struct nlattr *netlink__nested(const struct nlattr *parent, __u16 type);

/** netlink__payload() - the value of an attribute; NULL unless it is at least @bytes long. */
const void *netlink__payload(const struct nlattr *attribute, size_t bytes);

/** netlink__payload_bytes() - the length of an attribute's value; 0 for NULL. */
size_t netlink__payload_bytes(const struct nlattr *attribute);

/** netlink__u32() - an attribute's number; @otherwise for NULL. */
__u32 netlink__u32(const struct nlattr *attribute, __u32 otherwise);

/** netlink__text() - an attribute's string, copied; empty for NULL. */
void netlink__text(const struct nlattr *attribute, char *buf, size_t buf_bytes);

/**
 * netlink__is_kind() - whether a link is of a kind, such as "veth"
 * @type: IFLA_INFO_KIND of the link itself, or IFLA_INFO_SLAVE_KIND of the device it is a port of
 */
bool netlink__is_kind(const struct nlmsghdr *link, __u16 type, const char *kind);

#endif
