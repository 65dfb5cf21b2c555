// SPDX-License-Identifier: GPL-2.0-only
// sample_grants: how many samples each gate of the recorded interfaces may take.
#ifndef CTL_EVENTS_SAMPLE_GRANTS_H
#define CTL_EVENTS_SAMPLE_GRANTS_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "ctl/events/recorded.h"

/**
 * sample_grants__by_rate() - spread samples over all gates, by the frames since the last time
 * @recorded: @count of them; those without a ring get none
 *
 * To be repeated every second. Return: 0, or -ENOMEM with @why set.
 */
int sample_grants__by_rate(struct recorded *recorded, size_t count, __u32 rate_pps,
			   struct errmsg *why);

/** sample_grants__every() - let all gates of an interface take one of N frames, until the next call
 */
void sample_grants__every(struct recorded *recorded, __u32 every);

#endif
