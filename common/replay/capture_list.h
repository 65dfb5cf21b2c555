// SPDX-License-Identifier: GPL-2.0-only
// capture_list: captures read one after another, as Ethernet frames, with what needs privileges
// done before any content is read.
#ifndef COMMON_REPLAY_CAPTURE_LIST_H
#define COMMON_REPLAY_CAPTURE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/capture/capture_frame.h"

struct capture_list;

/* What is done with a frame; @is_ethernet is false if it cannot be turned into an Ethernet frame.
 * Return: 0, or a negative errno with @why set. */
typedef int capture_visitor(void *context, struct capture_frame *frame, bool is_ethernet,
			    struct errmsg *why);

/**
 * capture_list__open() - open the files only
 * @paths: must outlive the list
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture_list__open(const char *const *paths, size_t count, struct capture_list **ret,
		       struct errmsg *why);

/** capture_list__only_once() - a capture that cannot be opened again, as a pipe; NULL: none. */
const char *capture_list__only_once(const struct capture_list *list);

/**
 * capture_list__read() - visit all frames of a list that has not been read
 * @stopped: asked for each frame; may be NULL
 *
 * Return: 0; -EINTR if @stopped says so; or a negative errno with @why set, also that of @visit.
 */
int capture_list__read(struct capture_list *list, capture_visitor *visit, void *context,
		       bool (*stopped)(void), struct errmsg *why);

/** capture_list__close() - free; NULL is fine. */
void capture_list__close(struct capture_list *list);

#endif
