// SPDX-License-Identifier: GPL-2.0-only
// netlink: requests to the kernel's network configuration, and the messages of the answers.
#include "common/netdev/netlink.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel fills at most 32 KiB with messages of a dump; a single message may be longer. */
#define BUFFER_BYTES (64 * 1024)

/* An answer as it is read: its messages come in one or more datagrams. */
struct answer {
	bool dump;
	bool complete;
	netlink_reader *each;
	void *opaque;
};

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

int netlink__add(struct netlink_request *request, __u16 type, const void *value, size_t bytes)
{
	size_t start = NLMSG_ALIGN(request->header.nlmsg_len);
	struct nlattr attribute = {.nla_type = type, .nla_len = NLA_HDRLEN + bytes};
	char *end = (char *)request + start;

	if (start + NLA_HDRLEN + bytes > sizeof(*request))
		return -EMSGSIZE;
	memcpy(end, &attribute, sizeof(attribute));
	memcpy(end + NLA_HDRLEN, value, bytes);
	request->header.nlmsg_len = start + attribute.nla_len;
	return 0;
}

static int send_request(int fd, const struct netlink_request *request)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent =
		sendto(fd, request, request->header.nlmsg_len, 0, (void *)&kernel, sizeof(kernel));

	return sent < 0 ? -errno : 0;
}

static int read_message(struct answer *answer, const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = NLMSG_DATA(message);
	const int *status = NLMSG_DATA(message);

	if (message->nlmsg_type == NLMSG_DONE) {
		answer->complete = true;
		return message->nlmsg_len < NLMSG_LENGTH(sizeof(*status)) ? 0 : *status;
	}
	answer->complete = !answer->dump;
	if (message->nlmsg_type != NLMSG_ERROR)
		return answer->each(message, answer->opaque);
	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return -EPROTO;
	return error->error ?: -EPROTO;
}

static int read_datagram(int fd, char *buffer, struct answer *answer)
{
	const struct nlmsghdr *message = (const void *)buffer;
	ssize_t bytes;
	int err = 0;

	do
		bytes = recv(fd, buffer, BUFFER_BYTES, MSG_TRUNC);
	while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return -errno;
	if (bytes > BUFFER_BYTES)
		return -EMSGSIZE;
	if (!NLMSG_OK(message, bytes))
		return -EPROTO;
	for (; !err && !answer->complete && NLMSG_OK(message, bytes);
	     message = NLMSG_NEXT(message, bytes))
		err = read_message(answer, message);
	return err;
}

int netlink__ask(int protocol, const struct netlink_request *request, netlink_reader *each,
		 void *opaque)
{
	struct answer answer = {
		.dump = request->header.nlmsg_flags & NLM_F_DUMP,
		.each = each,
		.opaque = opaque,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	/* On the stack: what the kernel has changed can be verified without memory, too. */
	char buffer[BUFFER_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	int err;

	if (fd < 0)
		return -errno;
	err = send_request(fd, request);
	while (!err && !answer.complete)
		err = read_datagram(fd, buffer, &answer);
	close(fd);
	return err;
}

int netlink__links(int ifindex, netlink_reader *each, void *opaque)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct netlink_request request;

	netlink__start(&request, RTM_GETLINK, &link, sizeof(link));
	if (!ifindex)
		request.header.nlmsg_flags |= NLM_F_DUMP;
	return netlink__ask(NETLINK_ROUTE, &request, each, opaque);
}

int netlink__links_of(__s32 netns_id, netlink_reader *each, void *opaque)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
	struct netlink_request request;

	netlink__start(&request, RTM_GETLINK, &link, sizeof(link));
	request.header.nlmsg_flags |= NLM_F_DUMP;
	netlink__add(&request, IFLA_TARGET_NETNSID, &netns_id, sizeof(netns_id));
	return netlink__ask(NETLINK_ROUTE, &request, each, opaque);
}

int netlink__netns_ids(netlink_reader *each, void *opaque)
{
	struct rtgenmsg netns = {.rtgen_family = AF_UNSPEC};
	struct netlink_request request;

	netlink__start(&request, RTM_GETNSID, &netns, sizeof(netns));
	request.header.nlmsg_flags |= NLM_F_DUMP;
	return netlink__ask(NETLINK_ROUTE, &request, each, opaque);
}

int netlink__routes(__u8 family, netlink_reader *each, void *opaque)
{
	struct rtmsg route = {.rtm_family = family};
	struct netlink_request request;

	netlink__start(&request, RTM_GETROUTE, &route, sizeof(route));
	request.header.nlmsg_flags |= NLM_F_DUMP;
	return netlink__ask(NETLINK_ROUTE, &request, each, opaque);
}

static const struct nlattr *find_attribute(const char *at, const char *end, __u16 type)
{
	while (end - at >= NLA_HDRLEN) {
		const struct nlattr *attribute = (const void *)at;

		if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > end - at)
			return NULL;
		if ((attribute->nla_type & NLA_TYPE_MASK) == type)
			return attribute;
		at += NLA_ALIGN(attribute->nla_len);
	}
	return NULL;
}

const struct nlattr *netlink__find(const struct nlmsghdr *message, size_t fixed_bytes, __u16 type)
{
	const char *start = (const char *)message;

	return find_attribute(start + NLMSG_SPACE(fixed_bytes), start + message->nlmsg_len, type);
}

const struct nlattr *netlink__link_attribute(const struct nlmsghdr *link, __u16 type)
{
	return netlink__find(link, sizeof(struct ifinfomsg), type);
}

const struct nlattr *netlink__route_attribute(const struct nlmsghdr *route, __u16 type)
{
	return netlink__find(route, sizeof(struct rtmsg), type);
}

const struct nlattr *netlink__nested(const struct nlattr *parent, __u16 type)
{
	const char *start = (const char *)parent;

	return parent ? find_attribute(start + NLA_HDRLEN, start + parent->nla_len, type) : NULL;
}

const void *netlink__payload(const struct nlattr *attribute, size_t bytes)
{
	if (!attribute || attribute->nla_len < NLA_HDRLEN + bytes)
		return NULL;
	return (const char *)attribute + NLA_HDRLEN;
}

size_t netlink__payload_bytes(const struct nlattr *attribute)
{
	return attribute ? attribute->nla_len - NLA_HDRLEN : 0;
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
		snprintf(buf, buf_bytes, "%.*s", (int)netlink__payload_bytes(attribute), text);
}

bool netlink__is_kind(const struct nlmsghdr *link, __u16 type, const char *kind)
{
	char text[32];

	netlink__text(netlink__nested(netlink__link_attribute(link, IFLA_LINKINFO), type), text,
		      sizeof(text));
	return !strcmp(text, kind);
}
