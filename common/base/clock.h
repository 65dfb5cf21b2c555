// SPDX-License-Identifier: GPL-2.0-only
// clock: monotonic, wall-clock and CPU time in nanoseconds.
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include <linux/types.h>
#include <time.h>

#define NS_PER_S 1000000000ull

/** clock__now_ns() - monotonic; nanoseconds since an unspecified start. */
static inline __u64 clock__now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/** clock__wall_ns() - nanoseconds since 1970; steps when the clock is set. */
static inline __u64 clock__wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/** clock__thread_ns() - CPU time of this thread. */
static inline __u64 clock__thread_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * NS_PER_S + used.tv_nsec;
}

#endif
