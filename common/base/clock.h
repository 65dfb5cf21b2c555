// SPDX-License-Identifier: GPL-2.0-only
// clock: the time that never steps back.
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include <linux/types.h>
#include <time.h>

/** clock__now_ns() - nanoseconds since some moment before this process. */
static inline __u64 clock__now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

#endif
