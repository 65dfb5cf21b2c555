// SPDX-License-Identifier: GPL-2.0-only
// top: the full screen's model, which its keys change and its drawing shows.
#ifndef CTL_TOP_TOP_H
#define CTL_TOP_TOP_H

#include <stdbool.h>

#include "common/netdev/netdev.h"
#include "ctl/monitor/rate_history.h"
#include "ctl/monitor/watch.h"

#define TOP_INPUT_BYTES 64

struct top {
	struct watch watch;
	struct rate_histories histories;
	char chosen[IFNAMSIZ]; /* the interface that is shown */
	struct netdev netdev;
	__u64 device_read_ns;
	__u64 read_cost_ns;
	bool paused;
	bool helps;
	bool typing; /* a filter */
	char input[TOP_INPUT_BYTES];
	char record[160]; /* what is wrong, or empty */
};

/** top__shown() - the chosen interface, the first one where that is gone, or NULL. */
struct watched *top__shown(struct top *top);

/** top__choose_next() - the next interface. */
void top__choose_next(struct top *top);

/**
 * top__read() - read what is due
 *
 * Counters every time; tables only so often that reading them takes less than one per cent of a
 * core: where a filter needs all of the sources, for full tables take long to merge.
 *
 * Return: 0, or a negative errno with @why set.
 */
int top__read(struct top *top, struct errmsg *why);

/** top__free() - free what it holds. */
void top__free(struct top *top);

/** top_draw__screen() - all of it. */
void top_draw__screen(struct top *top);

#endif
