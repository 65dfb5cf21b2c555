// SPDX-License-Identifier: GPL-2.0-only
// frame: bounded access to a frame's bytes, in the kernel and on the host.
#ifndef XDP_FRAME_BPF_H
#define XDP_FRAME_BPF_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>

#include "common/abi/compiler.h"

#ifdef __bpf__

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/*
 * Set before the load; the verifier drops the code for whatever is false. multi_buffer: the kernel
 * has multi-buffer XDP (5.18). raw_ip: frames start with the IP header, without an Ethernet header.
 */
#ifndef WITHOUT_GLOBALS
LOAD_CONSTANT bool multi_buffer;
LOAD_CONSTANT bool raw_ip;
#else
#define multi_buffer 0
#define raw_ip 0
#endif
#define FRAME_CONTEXT struct xdp_md
#define FRAME_FUNCTION __attribute__((noinline)) /* global: verified once, on its own */

struct frame {
	const void *data; /* the linear part */
	const void *end;
	struct xdp_md *context;
};

static __always_inline struct frame frame_of(struct xdp_md *context)
{
	return (struct frame){
		.data = (const void *)(long)context->data,
		.end = (const void *)(long)context->data_end,
		.context = context,
	};
}

static __always_inline __u64 frame_bytes(const struct frame *frame)
{
	return multi_buffer ? bpf_xdp_get_buff_len(frame->context) : frame->end - frame->data;
}

static __always_inline __u32 frame_ifindex(const struct xdp_md *context)
{
	return context->ingress_ifindex;
}

static __always_inline __u32 frame_queue(const struct xdp_md *context)
{
	return context->rx_queue_index;
}

/* For headers that a driver left in the frame's fragments. */
static __always_inline const void *frame_load(const struct frame *frame, __u32 offset, __u32 bytes,
					      void *copy)
{
	if (!multi_buffer || bpf_xdp_load_bytes(frame->context, offset, copy, bytes))
		return NULL;
	return copy;
}

#else

#include <stddef.h>

/* As on the BPF side. */
LOAD_CONSTANT bool raw_ip;

#define FRAME_CONTEXT const struct frame
#define FRAME_FUNCTION static inline

struct frame {
	const void *data;
	const void *end;
	const struct frame *context; /* itself, instead of the kernel's context */
};

static inline struct frame frame_of(const struct frame *frame)
{
	return *frame;
}

static inline __u64 frame_bytes(const struct frame *frame)
{
	return (const char *)frame->end - (const char *)frame->data;
}

static inline __u32 frame_ifindex(const struct frame *frame)
{
	(void)frame;
	return 0;
}

static inline __u32 frame_queue(const struct frame *frame)
{
	(void)frame;
	return 0;
}

static __always_inline const void *frame_load(const struct frame *frame, __u32 offset, __u32 bytes,
					      void *copy)
{
	(void)frame, (void)offset, (void)bytes, (void)copy;
	return NULL;
}

#endif

/**
 * frame_at() - a header inside the frame
 * @offset: where it starts, below 64 KiB
 * @copy: buffer of @bytes, used if the header is not in the frame's linear part
 *
 * Return: where to read it, or NULL if the frame does not hold all of it.
 */
static __always_inline const void *frame_at(const struct frame *frame, __u32 offset, __u32 bytes,
					    void *copy)
{
	const char *start = (const char *)frame->data + offset;

	/* The pointer that is compared with the frame's end must be the one that is read: the
	 * verifier gives each sum of packet and offset an id of its own. */
	barrier_var(start);
	if (start + bytes <= (const char *)frame->end)
		return start;
	return frame_load(frame, offset, bytes, copy);
}

#endif
