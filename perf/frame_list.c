// SPDX-License-Identifier: GPL-2.0-only
// frame_list: the Ethernet frames of capture files, held in memory.
#include "perf/frame_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/feed.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"

/* Room for one more, in steps that double. */
static int grow(struct frame_list *capture, __u32 bytes)
{
	size_t total = capture->total_bytes;
	struct frame_list_entry *frames;
	__u8 *grown;

	if (!(capture->count & (capture->count - 1))) {
		frames = reallocarray(capture->frames, capture->count ? 2 * capture->count : 1,
				      sizeof(*frames));
		if (!frames)
			return -ENOMEM;
		capture->frames = frames;
	}
	if (capture->bytes && total / FEED_BLOCK_BYTES == (total + bytes) / FEED_BLOCK_BYTES)
		return 0;
	grown = realloc(capture->bytes,
			((total + bytes) / FEED_BLOCK_BYTES + 1) * (size_t)FEED_BLOCK_BYTES);
	if (!grown)
		return -ENOMEM;
	capture->bytes = grown;
	return 0;
}

static int append(struct frame_list *capture, const struct capture_frame *frame)
{
	__u32 bytes = frame->captured_bytes;

	if (frame->linktype != LINKTYPE_ETHERNET || bytes < FEED_MIN_FRAME_BYTES) {
		capture->left_out++;
		return 0;
	}
	if (bytes > FEED_MAX_FRAME_BYTES)
		bytes = FEED_MAX_FRAME_BYTES;
	if (grow(capture, bytes))
		return -ENOMEM;
	memcpy(capture->bytes + capture->total_bytes, frame->data, bytes);
	capture->frames[capture->count++] = (struct frame_list_entry){
		.offset = capture->total_bytes,
		.bytes = bytes,
	};
	capture->total_bytes += bytes;
	return 0;
}

int frame_list__append(struct frame_list *capture, const char *path, struct errmsg *why)
{
	struct capture_frame frame;
	struct capture *capture;
	int err;

	err = capture__open(path, &capture, why);
	if (err)
		return err;
	while (!err && capture__next(capture, &frame, NULL) > 0)
		err = append(capture, &frame);
	capture__close(capture);
	return err;
}

void frame_list__free(struct frame_list *capture)
{
	free(capture->frames);
	free(capture->bytes);
	*capture = (struct frame_list){};
}
