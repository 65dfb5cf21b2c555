// SPDX-License-Identifier: GPL-2.0-only
// frame_list: the Ethernet frames of capture files, held in memory.
#ifndef PERF_FRAME_LIST_H
#define PERF_FRAME_LIST_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"

struct frame_list_entry {
	size_t offset; /* of its first byte, in the list's bytes */
	__u32 bytes;
};

struct frame_list {
	struct frame_list_entry *frames;
	__u8 *bytes;
	__u32 count;
	__u32 left_out; /* no Ethernet frames, or too short to be fed */
	size_t total_bytes;
};

/**
 * frame_list__append() - read a file behind what the list holds
 * @list: zeroed before the first file
 *
 * Frames that are longer than a feeder takes are cut to what it does. What stands before the place
 * where a file is damaged is kept.
 *
 * Return: 0, or a negative errno with @why set.
 */
int frame_list__append(struct frame_list *list, const char *path, struct errmsg *why);

/** frame_list__free() - free what it holds; one of zeros is fine. */
void frame_list__free(struct frame_list *list);

#endif
