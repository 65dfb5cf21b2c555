// SPDX-License-Identifier: GPL-2.0-only
// replay: runs a capture through a privately loaded program, or in this process, and reads what was
// counted.
#ifndef COMMON_REPLAY_REPLAY_H
#define COMMON_REPLAY_REPLAY_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"
#include "common/replay/runner.h"

struct replay_options {
	bool rewrap;       /* put frames of other link types behind a synthetic Ethernet header */
	bool pairs;        /* also count SYN-ACKs, FINs and RSTs by victim */
	__u64 max_map_mib; /* of another program: see object__check_maps() */
	struct runner_options runner; /* its stopped() is asked before each frame, too */
	const char *program; /* "FILE[:NAME]" of another XDP program, or NULL for the dataplane */
	/* Called now and then with the position in the file; may be NULL. */
	void (*progress)(void *context, __u64 position_bytes);
	void *progress_context;
};

struct replay_result {
	/* To be freed by snapshot__free(). Of another program only packets, bytes and verdicts. */
	struct snapshot snapshot;
	struct runner_timing timing;
	struct errmsg no_kernel; /* why RUNNER_AUTO took RUNNER_HOST; or its text is empty */
	char program[64];        /* the other program's function, or empty */
	__u64 prefix_frames;     /* longer than the engine accepts: cut to its limit */
	int refused_linktype;    /* the first one that could not be replayed, or -1 */
	int damage;              /* negative errno if it ended early, -EINTR if stopped; else 0 */
};

/**
 * replay__file() - run every frame of a capture through the dataplane, or another program
 *
 * RUNNER_AUTO takes RUNNER_HOST where loading a program is not permitted; RUNNER_HOST cannot run
 * another program.
 *
 * Only runs by system calls show another program's verdicts, and only the feeder measures its time:
 * unless one engine is requested it runs twice, and is loaded for each run.
 *
 * A damaged capture, or a stopped replay, gives a result, too: @ret->damage is set, @why names the
 * frame, and everything before it was counted. A file without Ethernet frames is refused.
 *
 * Captures are untrusted: before the content is read, the process irrevocably drops its privileges
 * (privileges__drop()).
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int replay__file(const char *path, const struct replay_options *options, struct replay_result *ret,
		 struct errmsg *why);

#endif
