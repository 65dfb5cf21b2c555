// SPDX-License-Identifier: GPL-2.0-only
// stats_overview: a reading of several interfaces, long enough to know their rates.
#ifndef CTL_STATS_STATS_OVERVIEW_H
#define CTL_STATS_STATS_OVERVIEW_H

#include "ctl/monitor/overview.h"
#include "ctl/stats/stats_watch.h"

struct stats_overview {
	struct watch watch;
	struct rate_histories histories;
	struct overview overview;
};

/**
 * stats_overview__read() - read interfaces, and their counters once more half a second later
 * @names: NULL-terminated
 * @heaviest: read only the heaviest rows of tables, at a fraction of the cost
 *
 * Return: 0 with *@ret to be freed by stats_overview__free(), or a negative errno with @why set.
 */
int stats_overview__read(const struct stats_options *options, const char *const *names,
			 bool heaviest, struct stats_overview *ret, struct errmsg *why);

/** stats_overview__free() - free what it holds. */
void stats_overview__free(struct stats_overview *reading);

#endif
