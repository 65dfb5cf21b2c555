// SPDX-License-Identifier: GPL-2.0-only
// capture_list: captures read one after another, as Ethernet frames, with what needs privileges
// done before any content is read.
#include "common/replay/capture_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"

struct capture_list {
	const char *const *paths;
	size_t count;
	FILE **files;  /* until a capture owns them */
	__u8 *wrapped; /* buffer for a frame that gets an Ethernet header */
};

int capture_list__open(const char *const *paths, size_t count, struct capture_list **ret,
		       struct errmsg *why)
{
	struct capture_list *list = calloc(1, sizeof(*list));
	int err = 0;

	if (!list)
		return -ENOMEM;
	list->paths = paths;
	list->count = count;
	list->files = calloc(count, sizeof(FILE *));
	list->wrapped = malloc(CAPTURE_FRAME_MAX_BYTES + TEST_RUN_MIN_BYTES);
	if (!list->files || !list->wrapped)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		err = capture__open_file(paths[i], &list->files[i], why);
	if (err)
		capture_list__close(list);
	else
		*ret = list;
	return err;
}

const char *capture_list__only_once(const struct capture_list *list)
{
	struct stat status;

	for (size_t i = 0; i < list->count; i++)
		if (fstat(fileno(list->files[i]), &status) || !S_ISREG(status.st_mode))
			return list->paths[i];
	return NULL;
}

/* Return: false if a frame cannot be turned into an Ethernet frame. */
static bool list_make_ethernet(struct capture_list *list, struct capture_frame *frame)
{
	int bytes;

	if (frame->linktype == LINKTYPE_ETHERNET)
		return true;
	if (!linktype__can_rewrap(frame->linktype) ||
	    frame->captured_bytes > CAPTURE_FRAME_MAX_BYTES)
		return false;
	bytes = linktype__rewrap(frame->linktype, frame->data, frame->captured_bytes,
				 list->wrapped);
	if (bytes < 0)
		return false;
	frame->data = list->wrapped;
	frame->captured_bytes = bytes;
	return true;
}

static bool list_is_stopped(bool (*stopped)(void))
{
	return stopped && stopped();
}

/* The signal may interrupt a read, too. */
static int read_capture(struct capture_list *list, struct capture *capture, capture_visitor *visit,
			void *context, bool (*stopped)(void), struct errmsg *why)
{
	struct capture_frame frame;
	int more;

	while ((more = capture__next(capture, &frame, why)) > 0 && !list_is_stopped(stopped)) {
		bool is_ethernet = list_make_ethernet(list, &frame);
		int err = visit(context, &frame, is_ethernet, why);

		if (err)
			return err;
	}
	return list_is_stopped(stopped) ? -EINTR : more;
}

int capture_list__read(struct capture_list *list, capture_visitor *visit, void *context,
		       bool (*stopped)(void), struct errmsg *why)
{
	for (size_t i = 0; i < list->count; i++) {
		FILE *file = list->files[i];
		struct capture *capture;
		int err;

		list->files[i] = NULL;
		err = capture__start(file, list->paths[i], &capture, why);
		if (err)
			return err;
		err = read_capture(list, capture, visit, context, stopped, why);
		capture__close(capture);
		if (err)
			return err;
	}
	return 0;
}

void capture_list__close(struct capture_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; list->files && i < list->count; i++)
		if (list->files[i])
			fclose(list->files[i]);
	free(list->files);
	free(list->wrapped);
	free(list);
}
