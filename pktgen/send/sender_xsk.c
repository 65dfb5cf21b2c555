// SPDX-License-Identifier: GPL-2.0-only
// sender_xsk: send by AF_XDP through libxdp, transmit only, so that no program is attached.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "common/bpf/libbpf_log.h"
#include "pktgen/send/sender.h"

#define FRAMES 2048 /* a power of 2 */
#define FRAME_BYTES 4096

struct xsk {
	const struct sender_config *config;
	void *area;
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill; /* required, though nothing is received */
	struct xsk_ring_cons completion;
	struct xsk_ring_prod transmit;
	__u32 pushed;   /* frames in all; the slots of the area are used in turn */
	__u32 reported; /* of them, reported as done */
	__u32 handed;   /* of them, submitted to the kernel */
	bool dropped[FRAMES];
};

static void xsk_close(void *self)
{
	struct xsk *xsk = self;

	if (!xsk)
		return;
	if (xsk->socket)
		xsk_socket__delete(xsk->socket);
	if (xsk->umem)
		xsk_umem__delete(xsk->umem);
	if (xsk->area)
		munmap(xsk->area, FRAMES * FRAME_BYTES);
	free(xsk);
}

static int xsk_create(struct xsk *xsk)
{
	const struct xsk_umem_config umem_config = {
		.fill_size = FRAMES,
		.comp_size = FRAMES,
		.frame_size = FRAME_BYTES,
	};
	const struct xsk_socket_config socket_config = {
		.tx_size = FRAMES,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_USE_NEED_WAKEUP,
	};
	int err;

	xsk->area = mmap(NULL, FRAMES * FRAME_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (xsk->area == MAP_FAILED) {
		xsk->area = NULL;
		return -errno;
	}
	err = xsk_umem__create(&xsk->umem, xsk->area, FRAMES * FRAME_BYTES, &xsk->fill,
			       &xsk->completion, &umem_config);
	if (err)
		return err;
	return xsk_socket__create(&xsk->socket, xsk->config->iface->name, 0, xsk->umem, NULL,
				  &xsk->transmit, &socket_config);
}

static int xsk_open(const struct sender_config *config, const void *first, __u32 first_bytes,
		    void **ret, struct errmsg *why)
{
	struct xsk *xsk = calloc(1, sizeof(*xsk));
	int err;

	(void)first, (void)first_bytes;
	if (!xsk)
		return errmsg__set(why, -ENOMEM, "xsk: out of memory");
	/* The libraries would print warnings in addition to the error below. */
	libbpf_log__start(false);
	xsk->config = config;
	err = xsk_create(xsk);
	if (err) {
		xsk_close(xsk);
		return errmsg__set(why, err,
				   "xsk: %s: cannot open a socket: %s: try --sender packet",
				   config->iface->name, strerror(-err));
	}
	*ret = xsk;
	return 0;
}

static bool xsk_push(void *self, const void *frame, __u32 bytes)
{
	struct xsk *xsk = self;
	__u64 address = (__u64)(xsk->pushed % FRAMES) * FRAME_BYTES;
	struct xdp_desc *descriptor;
	__u32 index;

	if (xsk->pushed - xsk->reported == FRAMES ||
	    xsk_ring_prod__reserve(&xsk->transmit, 1, &index) != 1)
		return false;
	memcpy(xsk_umem__get_data(xsk->area, address), frame, bytes);
	descriptor = xsk_ring_prod__tx_desc(&xsk->transmit, index);
	*descriptor = (struct xdp_desc){.addr = address, .len = bytes};
	xsk->pushed++;
	return true;
}

/* Completions arrive in order, so their addresses need not be read. */
static void xsk_report_completed(struct xsk *xsk)
{
	__u32 index, count = xsk_ring_cons__peek(&xsk->completion, FRAMES, &index);

	for (__u32 i = 0; i < count; i++) {
		bool *dropped = &xsk->dropped[xsk->reported++ % FRAMES];

		xsk->config->done(xsk->config->opaque, !*dropped);
		*dropped = false;
	}
	if (count)
		xsk_ring_cons__release(&xsk->completion, count);
}

/* In copy mode a call sends a few frames and stops at the first one that the device drops (EBUSY).
 */
static int xsk_kick(struct xsk *xsk)
{
	if (sendto(xsk_socket__fd(xsk->socket), NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
		return 0;
	switch (errno) {
	case EBUSY:
		xsk->dropped[(*xsk->transmit.consumer - 1) % FRAMES] = true;
		return 0;
	case EAGAIN:
	case ENOBUFS:
	case EINTR:
		return 0;
	default:
		return -errno;
	}
}

static int xsk_flush(void *self, struct errmsg *why)
{
	struct xsk *xsk = self;
	__u32 consumed, before;
	int err = 0;

	if (xsk->pushed != xsk->handed)
		xsk_ring_prod__submit(&xsk->transmit, xsk->pushed - xsk->handed);
	xsk->handed = xsk->pushed;
	consumed = __atomic_load_n(xsk->transmit.consumer, __ATOMIC_ACQUIRE);
	do {
		before = consumed;
		if (before != xsk->handed && xsk_ring_prod__needs_wakeup(&xsk->transmit))
			err = xsk_kick(xsk);
		consumed = __atomic_load_n(xsk->transmit.consumer, __ATOMIC_ACQUIRE);
	} while (!err && consumed != before);
	xsk_report_completed(xsk);
	return err ? errmsg__set(why, err, "xsk: %s: cannot send: %s", xsk->config->iface->name,
				 strerror(-err))
		   : 0;
}

const struct sender sender_xsk = {
	.name = "xsk",
	.summary = "AF_XDP through libxdp, without a copy where the driver can (4.18)",
	.max_bytes = FRAME_BYTES,
	.needs_proof = true,
	.open = xsk_open,
	.push = xsk_push,
	.flush = xsk_flush,
	.close = xsk_close,
};
