// SPDX-License-Identifier: GPL-2.0-only
// frame_list: the Ethernet frames of capture files, held in memory.
#include "perf/frame_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/feed.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"

/* Makes room for one more frame; the capacity doubles. */
static int frame_list_grow(struct frame_list *list, __u32 bytes)
{
	size_t total = list->total_bytes;
	struct frame_list_entry *frames;
	__u8 *grown;

	if (!(list->count & (list->count - 1))) {
		frames = reallocarray(list->frames, list->count ? 2 * list->count : 1,
				      sizeof(*frames));
		if (!frames)
			return -ENOMEM;
		list->frames = frames;
	}
	if (list->bytes && total / FEED_BLOCK_BYTES == (total + bytes) / FEED_BLOCK_BYTES)
		return 0;
	grown = realloc(list->bytes,
			((total + bytes) / FEED_BLOCK_BYTES + 1) * (size_t)FEED_BLOCK_BYTES);
	if (!grown)
		return -ENOMEM;
	list->bytes = grown;
	return 0;
}

static int frame_list_add(struct frame_list *list, const struct capture_frame *frame)
{
	__u32 bytes = frame->captured_bytes;

	if (frame->linktype != LINKTYPE_ETHERNET || bytes < FEED_MIN_FRAME_BYTES) {
		list->left_out++;
		return 0;
	}
	if (bytes > FEED_MAX_FRAME_BYTES)
		bytes = FEED_MAX_FRAME_BYTES;
	if (frame_list_grow(list, bytes))
		return -ENOMEM;
	memcpy(list->bytes + list->total_bytes, frame->data, bytes);
	list->frames[list->count++] = (struct frame_list_entry){
		.offset = list->total_bytes,
		.bytes = bytes,
	};
	list->total_bytes += bytes;
	return 0;
}

int frame_list__append(struct frame_list *list, const char *path, struct errmsg *why)
{
	struct capture_frame frame;
	struct capture *capture;
	int err;

	err = capture__open(path, &capture, why);
	if (err)
		return err;
	while (!err && capture__next(capture, &frame, NULL) > 0)
		err = frame_list_add(list, &frame);
	capture__close(capture);
	return err;
}

void frame_list__free(struct frame_list *list)
{
	free(list->frames);
	free(list->bytes);
	*list = (struct frame_list){};
}
