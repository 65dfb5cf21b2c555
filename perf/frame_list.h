// SPDX-License-Identifier: GPL-2.0-only
// frame_list: the Ethernet frames of capture files, held in memory.
#ifndef PERF_FRAME_LIST_H
#define PERF_FRAME_LIST_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"

struct frame_list_entry {
	size_t offset; /* of its first byte in @bytes of the list */
	__u32 bytes;
};

struct frame_list {
	struct frame_list_entry *frames;
	__u8 *bytes;
	__u32 count;
	__u32 left_out; /* not Ethernet, or too short for a feeder */
	size_t total_bytes;
};

/**
 * frame_list__append() - append the frames of a file
 * @list: zeroed before the first file
 *
 * Frames are cut to the maximum length of a feeder. Of a damaged file, the frames before the damage
 * are used.
 *
 * Return: 0, or a negative errno with @why set.
 */
int frame_list__append(struct frame_list *list, const char *path, struct errmsg *why);

/** frame_list__free() - free the frames; a zeroed list is fine. */
void frame_list__free(struct frame_list *list);

#endif
