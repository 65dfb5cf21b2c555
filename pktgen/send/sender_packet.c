// SPDX-License-Identifier: GPL-2.0-only
// sender_packet: send by AF_PACKET, in batches with sendmmsg, bypassing the qdisc.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pktgen/send/sender.h"

#define MAX_BYTES 9216
#define SEND_BUFFER_BYTES (4 << 20)

struct packet_socket {
	const struct sender_config *config;
	int fd;
	__u32 count; /* frames in the batch */
	__u32 sent;  /* of them, done */
	__u32 used;  /* bytes of @buffer */
	struct iovec parts[SENDER_MAX_BATCH];
	struct mmsghdr messages[SENDER_MAX_BATCH];
	__u8 buffer[SENDER_MAX_BATCH * 256 + MAX_BYTES];
};

static void packet_close(void *self)
{
	struct packet_socket *socket = self;

	if (!socket)
		return;
	if (socket->fd >= 0)
		close(socket->fd);
	free(socket);
}

/* Protocol 0: the socket receives nothing. */
static int packet_open_socket(int ifindex)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = ifindex};
	int bypass = 1, bytes = SEND_BUFFER_BYTES;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	/* These only affect speed: errors are ignored. */
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	if (!bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int packet_open(const struct sender_config *config, const void *first, __u32 first_bytes,
		       void **ret, struct errmsg *why)
{
	struct packet_socket *socket = calloc(1, sizeof(*socket));

	(void)first, (void)first_bytes;
	if (!socket)
		return errmsg__set(why, -ENOMEM, "packet: out of memory");
	socket->config = config;
	socket->fd = packet_open_socket(config->iface->index);
	if (socket->fd < 0) {
		int err = socket->fd;

		packet_close(socket);
		return errmsg__set(why, err, "packet: %s: cannot open a socket: %s: root is needed",
				   config->iface->name, strerror(-err));
	}
	for (int i = 0; i < SENDER_MAX_BATCH; i++) {
		socket->messages[i].msg_hdr.msg_iov = &socket->parts[i];
		socket->messages[i].msg_hdr.msg_iovlen = 1;
	}
	*ret = socket;
	return 0;
}

static bool packet_push(void *self, const void *frame, __u32 bytes)
{
	struct packet_socket *socket = self;

	if (socket->count == socket->config->batch || socket->used + bytes > sizeof(socket->buffer))
		return false;
	memcpy(socket->buffer + socket->used, frame, bytes);
	socket->parts[socket->count++] = (struct iovec){socket->buffer + socket->used, bytes};
	socket->used += bytes;
	return true;
}

static void packet_report(struct packet_socket *socket, __u32 frames, bool sent)
{
	socket->sent += frames;
	while (frames--)
		socket->config->done(socket->config->opaque, sent);
}

/* After a full queue the next call continues; a frame that the kernel rejects has failed. */
static int packet_flush(void *self, struct errmsg *why)
{
	struct packet_socket *socket = self;
	int sent;

	while (socket->sent < socket->count) {
		sent = sendmmsg(socket->fd, socket->messages + socket->sent,
				socket->count - socket->sent, MSG_DONTWAIT);
		if (sent > 0)
			packet_report(socket, sent, true);
		else if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
			return 0;
		else if (errno == EMSGSIZE || errno == EINVAL)
			packet_report(socket, 1, false);
		else
			return errmsg__set(why, -errno, "packet: %s: cannot send: %s",
					   socket->config->iface->name, strerror(errno));
	}
	socket->sent = socket->count = socket->used = 0;
	return 0;
}

const struct sender sender_packet = {
	.name = "packet",
	.summary = "AF_PACKET with sendmmsg; every kernel has it",
	.max_bytes = MAX_BYTES,
	.open = packet_open,
	.push = packet_push,
	.flush = packet_flush,
	.close = packet_close,
};
