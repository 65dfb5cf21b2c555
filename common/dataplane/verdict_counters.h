// SPDX-License-Identifier: GPL-2.0-only
// verdict_counters: what each CPU's program notes about its verdicts, mapped.
#ifndef COMMON_DATAPLANE_VERDICT_COUNTERS_H
#define COMMON_DATAPLANE_VERDICT_COUNTERS_H

#include "common/abi/policy.h"
#include "common/dataplane/dataplane.h"

/**
 * verdict_counters__map() - map the counters of all CPUs
 * @dataplane: decides by a policy
 * @protection: PROT_READ, PROT_WRITE
 * @ret: one for each CPU of the layout, until verdict_counters__unmap()
 *
 * Return: 0, or a negative errno with @why set.
 */
int verdict_counters__map(const struct dataplane *dataplane, int protection,
			  struct verdict_counters **ret, struct errmsg *why);

/** verdict_counters__unmap() - undo it, before the dataplane is closed. @counters: or NULL */
void verdict_counters__unmap(const struct dataplane *dataplane, struct verdict_counters *counters);

#endif
