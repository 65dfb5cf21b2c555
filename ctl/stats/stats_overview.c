// SPDX-License-Identifier: GPL-2.0-only
// stats_overview: a reading of several interfaces, long enough to know their rates.
#include "ctl/stats/stats_overview.h"

#include <errno.h>
#include <time.h>

#define RATES_NS 500000000 /* the time over which rates are measured */

static int read_rates(struct stats_overview *reading)
{
	static const struct timespec pause = {.tv_nsec = RATES_NS};
	int err = rate_histories__read(&reading->histories, &reading->watch);

	if (err)
		return err;
	nanosleep(&pause, NULL);
	return rate_histories__read(&reading->histories, &reading->watch);
}

int stats_overview__read(const struct stats_options *options, const char *const *names,
			 bool heaviest, struct stats_overview *ret, struct errmsg *why)
{
	int err;

	*ret = (struct stats_overview){
		.watch = {.names = names, .view = options->view, .heaviest = heaviest},
	};
	err = watch__read(&ret->watch, why);
	if (!err)
		err = read_rates(ret)
			      ?: overview__build(&ret->watch, &ret->histories, ORDER_BY_RATE,
						 &ret->overview);
	if (err)
		stats_overview__free(ret);
	return err;
}

void stats_overview__free(struct stats_overview *reading)
{
	overview__free(&reading->overview);
	rate_histories__free(&reading->histories);
	watch__free(&reading->watch);
}
