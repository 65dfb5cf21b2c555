// SPDX-License-Identifier: GPL-2.0-only
// netlink: one question to the kernel's network configuration, and its answer.
#ifndef COMMON_NETDEV_NETLINK_H
#define COMMON_NETDEV_NETLINK_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <stddef.h>

/* A message being written, header first. */
struct netlink_request {
	struct nlmsghdr header;
	char body[256];
};

/* An answer: its header, and whatever follows. */
struct netlink_reply {
	struct nlmsghdr header;
	char body[32768 - sizeof(struct nlmsghdr)];
};

/**
 * netlink__start() - begin a request
 * @type: the message's type
 * @fixed: the protocol's own header, copied in
 */
void netlink__start(struct netlink_request *request, __u16 type, const void *fixed,
		    size_t fixed_bytes);

/** netlink__add() - append an attribute. What does not fit is left out. */
void netlink__add(struct netlink_request *request, __u16 type, const void *value, size_t bytes);

/**
 * netlink__ask() - send a request and read the first message of the answer
 * @protocol: NETLINK_ROUTE or NETLINK_GENERIC
 *
 * Return: 0 with *@reply set, or the negative errno that the kernel answered.
 */
int netlink__ask(int protocol, struct netlink_request *request, struct netlink_reply *reply);

/**
 * netlink__find() - an attribute of an answer
 * @fixed_bytes: the size of the protocol's own header
 *
 * Return: the attribute, inside @reply, or NULL.
 */
const struct nlattr *netlink__find(const struct netlink_reply *reply, size_t fixed_bytes,
				   __u16 type);

/** netlink__nested() - an attribute inside another one. Return: the attribute, or NULL. */
const struct nlattr *netlink__nested(const struct nlattr *parent, __u16 type);

/** netlink__payload() - what an attribute holds; NULL unless it is at least @bytes long. */
const void *netlink__payload(const struct nlattr *attribute, size_t bytes);

/** netlink__u32() - an attribute's number; @otherwise for NULL. */
__u32 netlink__u32(const struct nlattr *attribute, __u32 otherwise);

/** netlink__text() - an attribute's string, copied; empty for NULL. */
void netlink__text(const struct nlattr *attribute, char *buf, size_t buf_bytes);

#endif
