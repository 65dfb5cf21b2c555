// SPDX-License-Identifier: GPL-2.0-only
// top_model: the readings behind the full screen, and how often they are taken.
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "ctl/top/top.h"

#define COST_SHARE 112 /* reading tables takes at most 1/112 of the time */
#define DEVICE_NS (5 * NS_PER_S)

struct watched *top__shown(struct top *top)
{
	for (size_t i = 0; i < top->watch.count; i++)
		if (!strcmp(top->watch.list[i].interface, top->chosen))
			return &top->watch.list[i];
	return top->watch.count ? &top->watch.list[0] : NULL;
}

void top__choose_next(struct top *top)
{
	const struct watched *shown = top__shown(top);
	size_t next;

	if (!shown)
		return;
	next = (shown - top->watch.list + 1) % top->watch.count;
	snprintf(top->chosen, sizeof(top->chosen), "%s", top->watch.list[next].interface);
	top->device_read_ns = 0;
}

static __u64 cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int top_read_tables(struct top *top, struct errmsg *why)
{
	__u64 start_ns = cpu_ns();
	int err;

	if (top->watch.readings &&
	    clock__now_ns() - top->watch.read_at_ns < COST_SHARE * top->read_cost_ns)
		return 0;
	err = watch__read(&top->watch, why);
	top->read_cost_ns = cpu_ns() - start_ns;
	return err;
}

static void top_read_device(struct top *top)
{
	const struct watched *shown = top__shown(top);

	if (!shown || clock__now_ns() - top->device_read_ns < DEVICE_NS)
		return;
	if (netdev__read(shown->interface, &top->netdev, NULL))
		top->netdev = (struct netdev){};
	top->device_read_ns = clock__now_ns();
}

int top__read(struct top *top, struct errmsg *why)
{
	int err = top_read_tables(top, why);

	if (!err)
		err = rate_histories__read(&top->histories, &top->watch);
	if (!err)
		top_read_device(top);
	return err;
}

void top__free(struct top *top)
{
	watch__free(&top->watch);
	rate_histories__free(&top->histories);
}
