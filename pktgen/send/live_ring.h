// SPDX-License-Identifier: GPL-2.0-only
// live_ring: the ring of frames shared by the generator and the BPF program.
//
// Frames follow each other in a ring of bytes. Positions only grow; their lower bits are the
// offset. Each cache line has one writer, and is read by the other side as rarely as possible:
// moving a line between CPUs costs as much as sending a frame.
#ifndef PKTGEN_SEND_LIVE_RING_H
#define PKTGEN_SEND_LIVE_RING_H

#include <linux/types.h>
#include <stddef.h>

#define RING_BYTES (1u << 22)
#define RING_MAX_FRAME_BYTES 3408     /* a page minus the overhead of live frames */
#define RING_SLACK_BYTES 4096         /* the last record before wrapping may extend past the end */
#define RING_PUBLISH_BYTES (1u << 15) /* how often the program updates @consumed */

/* A record starts on a multiple of 8. */
struct record {
	__u32 bytes;
	__u32 reserved;
	__u8 frame[];
};

#define RECORD_BYTES(frame_bytes) ((sizeof(struct record) + (frame_bytes) + 7) & ~7u)

struct live_ring {
	__u64 produced __attribute__((aligned(64))); /* written by the generator */
	/* Written and read by the program. */
	__u64 position __attribute__((aligned(64)));
	__u64 produced_seen;
	__u64 publish_at;
	/* Written by the program, read by the generator. */
	__u64 consumed __attribute__((aligned(64)));
	__u64 refused; /* frames that could not be built */
	__u8 records[RING_BYTES + RING_SLACK_BYTES] __attribute__((aligned(4096)));
};

_Static_assert(sizeof(struct live_ring) % 4096 == 0, "the mapping is whole pages");
_Static_assert(RECORD_BYTES(RING_MAX_FRAME_BYTES) <= RING_SLACK_BYTES, "the last record fits");

/**
 * live_ring__program() - load a program that sends the next frame of the ring
 * @map_fd: an array with a struct live_ring as its only value
 * @ifindex: the interface to send on
 *
 * If the ring is empty it drops the frame, which is cheap and recycles its page.
 *
 * Return: a file descriptor, or a negative errno.
 */
int live_ring__program(int map_fd, int ifindex);

/** live_ring__bare_program() - load a program that only redirects. Return: as above. */
int live_ring__bare_program(int ifindex);

#endif
