// SPDX-License-Identifier: GPL-2.0-only
// replay: a capture through a privately loaded dataplane, and what it counted.
#ifndef COMMON_REPLAY_H
#define COMMON_REPLAY_H

#include <stdbool.h>

#include "errmsg.h"
#include "snapshot.h"

struct replay_options {
	bool rewrap; /* put frames of other link types behind a synthetic Ethernet header */
};

struct replay_result {
	struct snapshot snapshot; /* to be freed by snapshot__free() */
	__u64 prefix_frames;      /* longer than the kernel takes: fed by their headers */
	int refused_linktype;     /* the first one that could not be replayed, or -1 */
	int damage;               /* negative errno where the capture broke, else 0 */
};

/**
 * replay__file() - run every frame of a capture through the dataplane
 *
 * A capture that breaks half way is a result all the same: @ret->damage is set and @why says at
 * which frame; everything before it was counted. A file without one Ethernet frame is refused.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int replay__file(const char *path, const struct replay_options *options, struct replay_result *ret,
		 struct errmsg *why);

#endif
