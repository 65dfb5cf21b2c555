// SPDX-License-Identifier: GPL-2.0-only
// capture_seconds: what is counted in captures, second by second, by the frames' own clock.
#ifndef COMMON_REPLAY_CAPTURE_SECONDS_H
#define COMMON_REPLAY_CAPTURE_SECONDS_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/counts/interval.h"

/* A second of the frames' clock, which began with the first frame. */
struct capture_second {
	__u64 time_ns;                   /* of its end, since 1970 */
	__u64 interval_ns;               /* a second, or many of them without a frame */
	const struct interval *interval; /* what was counted in it */
	const struct snapshot *snapshot; /* at its end */
};

struct capture_seconds_options {
	const char *const *captures; /* in the order of their time */
	size_t capture_count;
	bool pairs;            /* also count SYN-ACKs, FINs and RSTs by victim */
	bool (*stopped)(void); /* asked before each frame; may be NULL */
	/* Return: 0, or a negative errno with @why set. */
	int (*visit)(void *context, const struct capture_second *second, struct errmsg *why);
	void *context;
};

/* What was read. */
struct capture_seconds_result {
	__u64 frames;
	__u64 not_replayable; /* of link types without Ethernet frames, and fragments of frames */
	__u64 first_ns, latest_ns;
};

/**
 * capture_seconds__run() - run all frames through the program in this process
 *
 * The clock does not go back where the frames' times do. Frames without an Ethernet header get one.
 * Captures are untrusted: before their content is read, the process irrevocably drops its
 * privileges (privileges__drop()).
 *
 * Return: 0 with *@ret set, or a negative errno with @why set: a damaged capture is refused.
 */
int capture_seconds__run(const struct capture_seconds_options *options,
			 struct capture_seconds_result *ret, struct errmsg *why);

#endif
