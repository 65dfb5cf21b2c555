// SPDX-License-Identifier: GPL-2.0-only
// feed: puts the next frame of a capture into the current packet and tail-calls the program under
// test, so that one BPF_PROG_TEST_RUN replays many frames inside the kernel.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "common/abi/feed.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FEED_MAX_FRAMES);
	__type(key, __u32);
	__type(value, struct feed_frame);
} frames SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FEED_BLOCKS);
	__type(key, __u32);
	__type(value, struct feed_block);
} blocks SEC(".maps");

__u32 frame_count; /* number of frames; after the last one it starts over */
__u32 next_frame;
__u64 failures; /* frames that could not be put into a packet, or had no program to run */

/* Set before the load to undo bpf_xdp_adjust_head() by the program under test: the kernel does not
 * reset the packet between two runs of one BPF_PROG_TEST_RUN. */
const volatile _Bool restore_head;
__u64 first_head; /* start of the first packet; 0: not seen yet */
__u64 head;

static __always_inline int undo_head(struct xdp_md *context)
{
	if (!restore_head)
		return 0;
	/* Through memory, because the verifier forbids subtracting packet pointers of different
	 * runs. */
	*(volatile __u64 *)&head = (__u64)(long)context->data;
	if (!first_head)
		first_head = head;
	if (head == first_head)
		return 0;
	return bpf_xdp_adjust_head(context, (int)(first_head - head));
}

static __always_inline int load_frame(struct xdp_md *context, const struct feed_frame *frame)
{
	__u32 bytes = frame->bytes;
	__u32 block_number = frame->offset / FEED_BLOCK_BYTES;
	__u32 offset = frame->offset % FEED_BLOCK_BYTES;
	struct feed_block *block = bpf_map_lookup_elem(&blocks, &block_number);
	int delta;

	if (!block || bytes < FEED_MIN_FRAME_BYTES || bytes > FEED_MAX_FRAME_BYTES ||
	    undo_head(context))
		return -1;
	delta = bytes - (__u32)(context->data_end - context->data);
	if (delta && bpf_xdp_adjust_tail(context, delta))
		return -1;
	return bpf_xdp_store_bytes(context, 0, block->bytes + offset, bytes);
}

SEC("xdp")
int xdpctl_feed(struct xdp_md *context)
{
	__u32 number = next_frame;
	struct feed_frame *frame = bpf_map_lookup_elem(&frames, &number);

	next_frame = number + 1 >= frame_count ? 0 : number + 1;
	if (frame && !load_frame(context, frame))
		bpf_tail_call(context, &target, 0);
	failures++;
	return XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
