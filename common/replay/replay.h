// SPDX-License-Identifier: GPL-2.0-only
// replay: a capture through a privately loaded program, and what it counted.
#ifndef COMMON_REPLAY_REPLAY_H
#define COMMON_REPLAY_REPLAY_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"
#include "common/replay/runner.h"

struct replay_options {
	bool rewrap; /* put frames of other link types behind a synthetic Ethernet header */
	bool pairs;  /* count SYN-ACKs, FINs and RSTs by victim, too */
	struct runner_options runner;
	const char *program; /* "FILE[:NAME]" of another XDP program, or NULL for the dataplane */
	/* Told now and then how far the reading is; may be NULL. */
	void (*progress)(void *context, __u64 position_bytes);
	void *progress_context;
};

struct replay_result {
	/* To be freed by snapshot__free(). Of another program: packets, bytes and verdicts only. */
	struct snapshot snapshot;
	struct runner_timing timing;
	char program[64];     /* the other program's function, or empty */
	__u64 prefix_frames;  /* longer than the kernel takes: fed by their headers */
	int refused_linktype; /* the first one that could not be replayed, or -1 */
	int damage;           /* negative errno where the capture broke, else 0 */
};

/**
 * replay__file() - run every frame of a capture through the dataplane, or another program
 *
 * Another program's verdicts are only seen by running it by system calls, and its time only with
 * the feeder: unless one engine is forced it runs twice, each time loaded afresh.
 *
 * A capture that breaks half way is a result all the same: @ret->damage is set and @why says at
 * which frame; everything before it was counted. A file without one Ethernet frame is refused.
 *
 * A capture may be anybody's: before its content is looked at, the process gives up all privileges
 * for good (privileges__drop()).
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int replay__file(const char *path, const struct replay_options *options, struct replay_result *ret,
		 struct errmsg *why);

#endif
