// SPDX-License-Identifier: GPL-2.0-only
// top_model: the readings behind the full screen, and how often they are taken.
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "ctl/top/top.h"

#define COST_SHARE 112    /* reading tables takes at most 1/112 of the time for each interface */
#define MIN_COST_SHARE 10 /* and 1/10 for all of them */
#define DEVICE_NS (5 * NS_PER_S)

struct watched *top__shown(struct top *top)
{
	for (size_t i = 0; i < top->watch.count; i++)
		if (!strcmp(top->watch.list[i].interface, top->opened))
			return &top->watch.list[i];
	return NULL;
}

void top__open(struct top *top, const char *interface)
{
	snprintf(top->opened, sizeof(top->opened), "%s", interface);
	snprintf(top->selected, sizeof(top->selected), "%s", interface);
	top->device_read_ns = 0;
}

void top__open_selected(struct top *top)
{
	if (top->overview.count)
		top__open(top, top->overview.rows[top__selected(top)].interface);
}

void top__open_next(struct top *top)
{
	size_t next = top__selected(top) + 1;

	if (top->overview.count)
		top__open(top, top->overview.rows[next % top->overview.count].interface);
}

void top__close(struct top *top)
{
	top->opened[0] = '\0';
}

size_t top__selected(const struct top *top)
{
	const struct overview_row *row = overview__find(&top->overview, top->selected);

	return row ? row - top->overview.rows : 0;
}

int top__compare(struct top *top)
{
	overview__free(&top->overview);
	return overview__build(&top->watch, &top->histories, top->watch.view.order, &top->overview);
}

static __u64 cost_share(const struct top *top)
{
	size_t count = top->watch.count ?: 1;

	return COST_SHARE / count > MIN_COST_SHARE ? COST_SHARE / count : MIN_COST_SHARE;
}

/* The first reading, which opens all maps, says nothing about the cost of others. */
static int top_read_tables(struct top *top, struct errmsg *why)
{
	bool is_first = !top->watch.readings;
	__u64 start_ns = clock__thread_ns();
	int err;

	if (!is_first &&
	    clock__now_ns() - top->watch.read_at_ns < cost_share(top) * top->read_cost_ns)
		return 0;
	err = watch__read(&top->watch, why);
	top->read_cost_ns = is_first ? 0 : clock__thread_ns() - start_ns;
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
		err = rate_histories__read(&top->histories, &top->watch) ?: top__compare(top);
	if (!err)
		top_read_device(top);
	return err;
}

void top__free(struct top *top)
{
	overview__free(&top->overview);
	watch__free(&top->watch);
	rate_histories__free(&top->histories);
}
