// SPDX-License-Identifier: GPL-2.0-only
// verdict_counters: what each CPU's program notes about its verdicts, mapped.
#include "common/dataplane/verdict_counters.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static size_t mapped_bytes(const struct dataplane *dataplane)
{
	return dataplane__layout(dataplane)->cpus * sizeof(struct verdict_counters);
}

int verdict_counters__map(const struct dataplane *dataplane, int protection,
			  struct verdict_counters **ret, struct errmsg *why)
{
	void *start = mmap(NULL, mapped_bytes(dataplane), protection, MAP_SHARED,
			   dataplane__map_fd(dataplane, "verdict_counters"), 0);

	if (start == MAP_FAILED)
		return errmsg__set(why, -errno, "mapping the counters of verdicts: %s",
				   strerror(errno));
	*ret = start;
	return 0;
}

void verdict_counters__unmap(const struct dataplane *dataplane, struct verdict_counters *counters)
{
	if (counters)
		munmap(counters, mapped_bytes(dataplane));
}
