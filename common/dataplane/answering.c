// SPDX-License-Identifier: GPL-2.0-only
// answering: whether the program of an interface answers SYNs, or lets pass what it would answer,
// and what its SYN cookies carry.
#include "common/dataplane/answering.h"

#include <sys/mman.h>

#include "common/dataplane/verdict_counters.h"

int dataplane__set_answering(const struct dataplane *dataplane, bool forbidden,
			     const struct cookie_settings *cookie, struct errmsg *why)
{
	struct verdict_counters *counters;
	int err = verdict_counters__map(dataplane, PROT_READ | PROT_WRITE, &counters, why);

	if (err)
		return err;
	for (__u32 cpu = 0; cpu < dataplane__layout(dataplane)->cpus; cpu++) {
		counters[cpu].cookie = *cookie;
		__atomic_store_n(&counters[cpu].cannot_answer, forbidden, __ATOMIC_RELAXED);
	}
	verdict_counters__unmap(dataplane, counters);
	return 0;
}

int dataplane__is_answering(const struct dataplane *dataplane, struct errmsg *why)
{
	struct verdict_counters *counters;
	int err = verdict_counters__map(dataplane, PROT_READ, &counters, why);

	if (err)
		return err;
	err = !counters[0].cannot_answer;
	verdict_counters__unmap(dataplane, counters);
	return err;
}
