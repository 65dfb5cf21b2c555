// SPDX-License-Identifier: GPL-2.0-only
// answering: whether the program of an interface answers SYNs, or lets pass what it would answer.
#include "common/dataplane/answering.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/abi/policy.h"

int dataplane__forbid_answers(const struct dataplane *dataplane, bool forbidden, struct errmsg *why)
{
	__u32 cpus = dataplane__layout(dataplane)->cpus;
	size_t bytes = cpus * sizeof(struct verdict_counters);
	struct verdict_counters *counters =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		     dataplane__map_fd(dataplane, "verdict_counters"), 0);

	if (counters == MAP_FAILED)
		return errmsg__set(why, -errno, "mapping the counters of verdicts: %s",
				   strerror(errno));
	for (__u32 cpu = 0; cpu < cpus; cpu++)
		__atomic_store_n(&counters[cpu].cannot_answer, forbidden, __ATOMIC_RELAXED);
	munmap(counters, bytes);
	return 0;
}
