// SPDX-License-Identifier: GPL-2.0-only
// live_ring: the memory that the generator and the program in the kernel share.
//
// Frames stand one behind the other in a ring of bytes. Positions only grow; their lower bits are
// the place. The side that writes a cache line is alone in writing it, and looks at the other's
// line as seldom as it can: moving a line between CPUs costs as much as sending a frame.
#ifndef PKTGEN_SEND_LIVE_RING_H
#define PKTGEN_SEND_LIVE_RING_H

#include <linux/types.h>
#include <stddef.h>

#define RING_BYTES (1u << 22)
#define RING_MAX_FRAME_BYTES 3408     /* a page less what live frames need of it */
#define RING_SLACK_BYTES 4096         /* the last record of a lap may reach over the end */
#define RING_PUBLISH_BYTES (1u << 15) /* how often the program says how far it is */

/* A record starts on a multiple of 8. */
struct record {
	__u32 bytes;
	__u32 reserved;
	__u8 frame[];
};

#define RECORD_BYTES(frame_bytes) ((sizeof(struct record) + (frame_bytes) + 7) & ~7u)

struct live_ring {
	__u64 produced __attribute__((aligned(64))); /* by the generator */
	/* By the program, for itself. */
	__u64 position __attribute__((aligned(64)));
	__u64 produced_seen;
	__u64 publish_at;
	/* By the program, for the generator. */
	__u64 consumed __attribute__((aligned(64)));
	__u64 refused; /* frames that could not be put together */
	__u8 records[RING_BYTES + RING_SLACK_BYTES] __attribute__((aligned(4096)));
};

_Static_assert(sizeof(struct live_ring) % 4096 == 0, "what is mapped is whole pages");
_Static_assert(RECORD_BYTES(RING_MAX_FRAME_BYTES) <= RING_SLACK_BYTES, "the last record fits");

/**
 * live_ring__program() - load a program that sends the next frame of the ring
 * @map_fd: an array with a struct live_ring as its only value
 * @ifindex: where it sends to
 *
 * With an empty ring it drops the frame, which costs little and gives its page back.
 *
 * Return: a file descriptor, or a negative errno.
 */
int live_ring__program(int map_fd, int ifindex);

/** live_ring__bare_program() - load a program that only redirects. The same. */
int live_ring__bare_program(int ifindex);

#endif
