// SPDX-License-Identifier: GPL-2.0-only
// exporter: the latest reading of the exported interfaces, and their history.
#ifndef CTL_EXPORT_EXPORTER_H
#define CTL_EXPORT_EXPORTER_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "ctl/monitor/rate_history.h"
#include "ctl/monitor/watch.h"

struct exporter {
	struct watch watch;
	struct rate_histories histories;
	__u64 top; /* list at most that many sources and victims of an interface */
	__u64 rates_until_ns;
};

/**
 * exporter__refresh() - read the interfaces, unless the latest reading is younger than 0.5 s
 *
 * Return: 0, or a negative errno with @why set.
 */
int exporter__refresh(struct exporter *exporter, struct errmsg *why);

/** exporter__refresh_rates() - the same, and compute rates for the next minute. */
int exporter__refresh_rates(struct exporter *exporter, struct errmsg *why);

/** exporter__add_to_history() - add a point to every history; to be called once a second. */
void exporter__add_to_history(struct exporter *exporter);

/** exporter__free() - free what it holds. */
void exporter__free(struct exporter *exporter);

#endif
