// SPDX-License-Identifier: GPL-2.0-only
// policy_clock: the kernel's jiffies, in which policies keep time, and CLOCK_MONOTONIC.
#ifndef COMMON_DATAPLANE_POLICY_CLOCK_H
#define COMMON_DATAPLANE_POLICY_CLOCK_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/* A reading of both clocks. Both stand still while the machine is suspended. */
struct policy_clock {
	__u64 jiffies; /* 64 bits, as the programs read them */
	__u64 ktime_ns;
	__u32 hz; /* jiffies a second */
	__u32 padding;
};

/**
 * policy_clock__read() - read both clocks together, in a BPF program
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_clock__read(struct policy_clock *ret, struct errmsg *why);

/** policy_clock__jiffies() - the jiffies at a time of CLOCK_MONOTONIC. */
__u64 policy_clock__jiffies(const struct policy_clock *clock, __u64 ktime_ns);

/** policy_clock__ns() - the time of CLOCK_MONOTONIC at which a jiffy begins. */
__u64 policy_clock__ns(const struct policy_clock *clock, __u64 jiffies);

/** policy_clock__now() - the present jiffies, without privileges. */
__u64 policy_clock__now(const struct policy_clock *clock);

#endif
