// SPDX-License-Identifier: GPL-2.0-only
// capture: the Ethernet frames of capture files, held in memory.
#ifndef PERF_CAPTURE_H
#define PERF_CAPTURE_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"

struct capture_frame {
	size_t offset; /* of its first byte, in the capture's bytes */
	__u32 bytes;
};

struct capture {
	struct capture_frame *frames;
	__u8 *bytes;
	__u32 count;
	__u32 left_out; /* no Ethernet frames, or too short to be fed */
	size_t total_bytes;
};

/**
 * capture__append() - read a file behind what the capture holds
 * @capture: zeroed before the first file
 *
 * Frames that are longer than a feeder takes are cut to what it does. What stands before the place
 * where a file is damaged is kept.
 *
 * Return: 0, or a negative errno with @why set.
 */
int capture__append(struct capture *capture, const char *path, struct errmsg *why);

/** capture__free() - free what it holds; one of zeros is fine. */
void capture__free(struct capture *capture);

#endif
