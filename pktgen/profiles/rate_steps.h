// SPDX-License-Identifier: GPL-2.0-only
// rate_steps: a rate of frames that changes over time, as steps that repeat.
#ifndef PKTGEN_PROFILES_RATE_STEPS_H
#define PKTGEN_PROFILES_RATE_STEPS_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"

#define RATE_STEPS_MAX 1024
#define RATE_STEPS_MAX_SECONDS 86400 /* of a step */

struct rate_step {
	__u32 pps; /* 0: silence */
	__u32 seconds;
};

/* After the last step the first one follows. Zeros: no steps. */
struct rate_steps {
	struct rate_step steps[RATE_STEPS_MAX];
	size_t count;
};

/* Where in the steps the next frame is. */
struct rate_clock {
	const struct rate_steps *steps;
	size_t step;
	__u64 frames;    /* of this step */
	__u64 passed_ns; /* steps before this one */
};

/**
 * rate_steps__parse() - parse "100:10,6000:1", or a ramp, "0-1000:60"
 * @what: the option that it belongs to, for the message
 * @ret_steps: struct rate_steps; a ramp has a step each second
 *
 * Return: 0, or -EINVAL with @why set (EXIT_USAGE).
 */
int rate_steps__parse(const char *what, const char *text, void *ret_steps, struct errmsg *why);

/** rate_clock__next() - the time of the next frame in ns since the start. */
__u64 rate_clock__next(struct rate_clock *clock);

#endif
