// SPDX-License-Identifier: GPL-2.0-only
// rtnl: questions to the kernel about links and routes of this network namespace.
#include "pktgen/send/rtnl.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024) /* the kernel fills up to 32 KiB a message of a dump */

struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
	};
};

__u32 rtnl__u32(const struct rtattr *attribute)
{
	__u32 value = 0;

	if (attribute && RTA_PAYLOAD(attribute) >= sizeof(value))
		memcpy(&value, RTA_DATA(attribute), sizeof(value));
	return value;
}

bool rtnl__is_kind(const struct rtnl_answer *answer, int type, const char *kind)
{
	const struct rtattr *info = answer->attributes[IFLA_LINKINFO];
	const struct rtattr *nested = info ? RTA_DATA(info) : NULL;
	int left = info ? RTA_PAYLOAD(info) : 0;

	for (; left > 0 && RTA_OK(nested, left); nested = RTA_NEXT(nested, left))
		if (nested->rta_type == type)
			return !strncmp(RTA_DATA(nested), kind, RTA_PAYLOAD(nested));
	return false;
}

static int send_request(int fd, __u16 type, __u8 family, int ifindex)
{
	struct request request = {.header = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST}};

	if (!ifindex)
		request.header.nlmsg_flags |= NLM_F_DUMP;
	if (type == RTM_GETLINK) {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.link));
		request.link.ifi_family = family;
		request.link.ifi_index = ifindex;
	} else {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.route));
		request.route.rtm_family = family;
	}
	return send(fd, &request, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

static void split(const struct nlmsghdr *message, struct rtnl_answer *ret)
{
	bool is_link = message->nlmsg_type == RTM_NEWLINK;
	size_t header_bytes = is_link ? sizeof(struct ifinfomsg) : sizeof(struct rtmsg);
	int left = message->nlmsg_len - NLMSG_SPACE(header_bytes);
	const struct rtattr *attribute;

	memset(ret, 0, sizeof(*ret));
	ret->message = message;
	ret->header = NLMSG_DATA(message);
	attribute = (const void *)((const char *)ret->header + NLMSG_ALIGN(header_bytes));
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		__u16 type = attribute->rta_type & NLA_TYPE_MASK;

		if (type < sizeof(ret->attributes) / sizeof(ret->attributes[0]))
			ret->attributes[type] = attribute;
	}
}

/* Returns 1 when the answer is complete. */
static int read_messages(const void *buffer, ssize_t bytes, bool dump,
			 int (*each)(const struct rtnl_answer *, void *), void *opaque)
{
	const struct nlmsghdr *message = buffer;
	struct rtnl_answer answer;
	int err;

	for (; NLMSG_OK(message, bytes); message = NLMSG_NEXT(message, bytes)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 1;
		if (message->nlmsg_type == NLMSG_ERROR) {
			err = ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
			return err ? err : 1;
		}
		split(message, &answer);
		err = each(&answer, opaque);
		if (err || !dump)
			return err ? err : 1;
	}
	return 0;
}

int rtnl__ask(__u16 type, __u8 family, int ifindex,
	      int (*each)(const struct rtnl_answer *answer, void *opaque), void *opaque)
{
	static char buffer[BUFFER_BYTES] __attribute__((aligned(8)));
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t bytes;
	int err;

	if (fd < 0)
		return -errno;
	err = send_request(fd, type, family, ifindex);
	while (!err) {
		bytes = recv(fd, buffer, sizeof(buffer), 0);
		if (bytes < 0)
			err = errno == EINTR ? 0 : -errno;
		else
			err = read_messages(buffer, bytes, !ifindex, each, opaque);
	}
	close(fd);
	return err > 0 ? 0 : err;
}
