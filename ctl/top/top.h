// SPDX-License-Identifier: GPL-2.0-only
// top: the model of the full screen: keys change it, top_draw shows it.
#ifndef CTL_TOP_TOP_H
#define CTL_TOP_TOP_H

#include <stdbool.h>

#include "common/netdev/netdev.h"
#include "ctl/monitor/overview.h"
#include "ctl/monitor/rate_history.h"
#include "ctl/monitor/watch.h"

#define TOP_INPUT_BYTES 64

struct top {
	struct watch watch;
	struct rate_histories histories;
	struct overview overview;
	char opened[IFNAMSIZ];   /* the interface to show; empty: the overview */
	char selected[IFNAMSIZ]; /* a row of the overview; empty: the first one */
	size_t first_row;        /* of the overview, on the screen */
	struct netdev netdev;
	__u64 device_read_ns;
	__u64 read_cost_ns; /* CPU time of the last reading of the tables */
	bool follows_mouse;
	bool paused;
	bool helps;
	bool typing; /* a prefix, into input */
	char input[TOP_INPUT_BYTES];
	char error[160]; /* of the last key, or empty */
};

/** top__shown() - the interface to show, or NULL: the overview. */
struct watched *top__shown(struct top *top);

/** top__open() - show an interface. */
void top__open(struct top *top, const char *interface);

/** top__open_selected() - show the interface of the overview's selected row. */
void top__open_selected(struct top *top);

/** top__open_next() - show the interface that follows the shown one in the overview. */
void top__open_next(struct top *top);

/** top__close() - show the overview. */
void top__close(struct top *top);

/** top__selected() - number of the overview's selected row. */
size_t top__selected(const struct top *top);

/** top__compare() - make the overview of what was read. Return: 0, or -ENOMEM. */
int top__compare(struct top *top);

/**
 * top__read() - read what is due
 *
 * Counters are read every time. Tables are read so rarely that it takes less than one per cent of a
 * core for each interface, and less than a tenth for all: merging full tables, which a prefix or
 * aggregation needs, is slow.
 *
 * Return: 0, or a negative errno with @why set.
 */
int top__read(struct top *top, struct errmsg *why);

/** top__free() - free everything it holds. */
void top__free(struct top *top);

/** top_draw__screen() - draw the whole screen. */
void top_draw__screen(struct top *top);

#endif
