// SPDX-License-Identifier: GPL-2.0-only
// policy_clock: the kernel's jiffies, in which policies keep time, and CLOCK_MONOTONIC.
#include "common/dataplane/policy_clock.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/test_run.h"
#include "gen/jiffies.skel.h"

/* The coarse clock advances once a jiffy: its resolution is the length of one. */
static __u32 learn_hz(void)
{
	struct timespec jiffy;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &jiffy) || jiffy.tv_sec || !jiffy.tv_nsec)
		return 0;
	return (NS_PER_S + jiffy.tv_nsec / 2) / jiffy.tv_nsec;
}

static int run_clock(const struct jiffies *skeleton, struct errmsg *why)
{
	static const __u8 frame[TEST_RUN_MIN_BYTES];
	struct test_run *run;
	int err;

	err = test_run__open(bpf_program__fd(skeleton->progs.xdpctl_jiffies), &run, why);
	if (err)
		return err;
	err = test_run__frame(run, frame, sizeof(frame), why);
	test_run__close(run);
	return err < 0 ? err : 0;
}

int policy_clock__read(struct policy_clock *ret, struct errmsg *why)
{
	struct policy_clock clock = {.hz = learn_hz()};
	struct jiffies *skeleton;
	int err;

	if (!clock.hz)
		return errmsg__set(why, -EIO, "the length of a jiffy is unknown");
	skeleton = jiffies__open_and_load();
	if (!skeleton)
		return errmsg__set(why, -errno, "loading a program that reads the clock: %s",
				   LIBBPF_STRERROR(-errno));
	/* libbpf leaves it out where its probe for global data fails. */
	err = skeleton->bss ? run_clock(skeleton, why)
			    : errmsg__set(why, -ENOMEM, "no memory for its result");
	if (err) {
		errmsg__prefix(why, err, "reading the kernel's clock: ");
		goto out;
	}
	clock.jiffies = skeleton->bss->clock_jiffies;
	clock.ktime_ns = skeleton->bss->clock_ktime_ns;
	*ret = clock;
out:
	jiffies__destroy(skeleton);
	return err;
}

/* Factors whose product may exceed 64 bits. */
static __u64 scale(__u64 value, __u64 by, __u64 divisor)
{
	return (unsigned __int128)value * by / divisor;
}

__u64 policy_clock__jiffies(const struct policy_clock *clock, __u64 ktime_ns)
{
	if (ktime_ns >= clock->ktime_ns)
		return clock->jiffies + scale(ktime_ns - clock->ktime_ns, clock->hz, NS_PER_S);
	return clock->jiffies - scale(clock->ktime_ns - ktime_ns, clock->hz, NS_PER_S);
}

__u64 policy_clock__ns(const struct policy_clock *clock, __u64 jiffies)
{
	if (jiffies >= clock->jiffies)
		return clock->ktime_ns + scale(jiffies - clock->jiffies, NS_PER_S, clock->hz);
	return clock->ktime_ns - scale(clock->jiffies - jiffies, NS_PER_S, clock->hz);
}

__u64 policy_clock__now(const struct policy_clock *clock)
{
	return policy_clock__jiffies(clock, clock__now_ns());
}
