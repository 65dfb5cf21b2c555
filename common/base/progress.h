// SPDX-License-Identifier: GPL-2.0-only
// progress: how far a long command is and how long it still takes, on a terminal only.
#ifndef COMMON_BASE_PROGRESS_H
#define COMMON_BASE_PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

struct progress {
	bool shown; /* standard error is a terminal */
	bool drawn; /* there is a line to erase */
	const char *what;
	__u64 total;
	__u64 start_ns;
	__u64 next_ns;
};

/** progress__start() - nothing done yet of @total, in any unit; 0: not known. */
void progress__start(struct progress *progress, const char *what, __u64 total);

/** progress__update() - @done of it are; cheap, but not for every frame. */
void progress__update(struct progress *progress, __u64 done);

/** progress__end() - erase the line. */
void progress__end(struct progress *progress);

#endif
