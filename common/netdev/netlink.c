// SPDX-License-Identifier: GPL-2.0-only
// netlink: one question to the kernel's network configuration, and its answer.
#include "common/netdev/netlink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void netlink__start(struct netlink_request *request, __u16 type, const void *fixed,
		    size_t fixed_bytes)
{
	*request = (struct netlink_request){
		.header =
			{
				.nlmsg_type = type,
				.nlmsg_flags = NLM_F_REQUEST,
				.nlmsg_len = NLMSG_LENGTH(fixed_bytes),
			},
	};
	memcpy(request->body, fixed, fixed_bytes);
}

void netlink__add(struct netlink_request *request, __u16 type, const void *value, size_t bytes)
{
	size_t start = NLMSG_ALIGN(request->header.nlmsg_len);
	struct nlattr attribute = {.nla_type = type, .nla_len = NLA_HDRLEN + bytes};
	char *place = (char *)request + start;

	if (start + NLA_HDRLEN + bytes > sizeof(*request))
		return;
	memcpy(place, &attribute, sizeof(attribute));
	memcpy(place + NLA_HDRLEN, value, bytes);
	request->header.nlmsg_len = start + attribute.nla_len;
}

static int check(const struct netlink_reply *reply, ssize_t bytes)
{
	const struct nlmsgerr *error = (const void *)reply->body;

	if (bytes < (ssize_t)sizeof(reply->header) || reply->header.nlmsg_len > (size_t)bytes)
		return -EPROTO;
	if (reply->header.nlmsg_type != NLMSG_ERROR)
		return 0;
	return error->error ?: -EPROTO;
}

int netlink__ask(int protocol, struct netlink_request *request, struct netlink_reply *reply)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = sendto(fd, request, request->header.nlmsg_len, 0, (void *)&kernel, sizeof(kernel));
	if (n >= 0)
		n = recv(fd, reply, sizeof(*reply), 0);
	err = n < 0 ? -errno : check(reply, n);
	close(fd);
	return err;
}

static const struct nlattr *find(const char *place, const char *end, __u16 type)
{
	while (end - place >= NLA_HDRLEN) {
		const struct nlattr *attribute = (const void *)place;

		if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > end - place)
			return NULL;
		if ((attribute->nla_type & NLA_TYPE_MASK) == type)
			return attribute;
		place += NLA_ALIGN(attribute->nla_len);
	}
	return NULL;
}

const struct nlattr *netlink__find(const struct netlink_reply *reply, size_t fixed_bytes,
				   __u16 type)
{
	const char *start = (const char *)reply;

	return find(start + NLMSG_SPACE(fixed_bytes), start + reply->header.nlmsg_len, type);
}

const struct nlattr *netlink__nested(const struct nlattr *parent, __u16 type)
{
	const char *start = (const char *)parent;

	return parent ? find(start + NLA_HDRLEN, start + parent->nla_len, type) : NULL;
}

const void *netlink__payload(const struct nlattr *attribute, size_t bytes)
{
	if (!attribute || attribute->nla_len < NLA_HDRLEN + bytes)
		return NULL;
	return (const char *)attribute + NLA_HDRLEN;
}

__u32 netlink__u32(const struct nlattr *attribute, __u32 otherwise)
{
	const __u32 *value = netlink__payload(attribute, sizeof(*value));

	return value ? *value : otherwise;
}

void netlink__text(const struct nlattr *attribute, char *buf, size_t buf_bytes)
{
	const char *text = netlink__payload(attribute, 1);

	buf[0] = '\0';
	if (text)
		snprintf(buf, buf_bytes, "%.*s", attribute->nla_len - NLA_HDRLEN, text);
}
