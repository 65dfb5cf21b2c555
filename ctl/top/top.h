// SPDX-License-Identifier: GPL-2.0-only
// top: the model of the full screen: keys change it, top_draw shows it.
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
	char chosen[IFNAMSIZ]; /* the interface to show */
	struct netdev netdev;
	__u64 device_read_ns;
	__u64 read_cost_ns; /* CPU time of the last reading of the tables */
	bool paused;
	bool helps;
	bool typing; /* a prefix, into input */
	char input[TOP_INPUT_BYTES];
	char error[160]; /* of the last key, or empty */
};

/** top__shown() - the chosen interface, else the first one, else NULL. */
struct watched *top__shown(struct top *top);

/** top__choose_next() - show the next interface. */
void top__choose_next(struct top *top);

/**
 * top__read() - read what is due
 *
 * Counters are read every time. Tables are read so rarely that it takes less than one per cent of a
 * core, since merging full tables, which a prefix or aggregation needs, is slow.
 *
 * Return: 0, or a negative errno with @why set.
 */
int top__read(struct top *top, struct errmsg *why);

/** top__free() - free everything it holds. */
void top__free(struct top *top);

/** top_draw__screen() - draw the whole screen. */
void top_draw__screen(struct top *top);

#endif
