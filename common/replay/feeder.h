// SPDX-License-Identifier: GPL-2.0-only
// feeder: runs many frames through an XDP program in one system call, fed by a program in the
// kernel.
#ifndef COMMON_REPLAY_FEEDER_H
#define COMMON_REPLAY_FEEDER_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

struct feeder;

/**
 * feeder__open() - prepare to feed frames to a program
 * @program_fd: any XDP program; the caller still owns it
 * @restore_head: the program may move the packet's start: restore it for each frame
 *
 * Its memory is fixed: feeder__memory_bytes().
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EOPNOTSUPP if the
 * kernel lacks bpf_xdp_store_bytes (before 5.18).
 */
int feeder__open(int program_fd, bool restore_head, struct feeder **ret, struct errmsg *why);

/**
 * feeder__add() - append a copy of a frame to the next run
 *
 * Return: false if the feeder is full: run, clear, and add it again.
 */
bool feeder__add(struct feeder *feeder, const __u8 *data, __u32 bytes);

/** feeder__max_bytes() - the longest frame that can be fed. */
__u32 feeder__max_bytes(void);

/** feeder__count() - the number of frames that were added since the last clear. */
__u32 feeder__count(const struct feeder *feeder);

/** feeder__clear() - remove all frames. */
void feeder__clear(struct feeder *feeder);

/**
 * feeder__run() - run all frames through the program, @loops times
 * @ret_frame_ns: average time per frame, including the feeding
 *
 * Return: 0, or a negative errno with @why set: -EINTR after a signal, with some frames run.
 */
int feeder__run(struct feeder *feeder, __u32 loops, __u32 *ret_frame_ns, struct errmsg *why);

/** feeder__memory_bytes() - the memory of its maps. */
__u64 feeder__memory_bytes(void);

/** feeder__close() - free; NULL is fine. */
void feeder__close(struct feeder *feeder);

#endif
