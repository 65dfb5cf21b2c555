// SPDX-License-Identifier: GPL-2.0-only
// progress: a bar with the remaining time of a long command, on terminals only.
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

/** progress__start() - begin at 0 of @total, in any unit; 0 if it is unknown: no bar. */
void progress__start(struct progress *progress, const char *what, __u64 total);

/** progress__update() - @done of the total are done; cheap, but not for every frame. */
void progress__update(struct progress *progress, __u64 done);

/** progress__end() - erase the line. */
void progress__end(struct progress *progress);

#endif
