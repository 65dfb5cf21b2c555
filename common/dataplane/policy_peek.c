// SPDX-License-Identifier: GPL-2.0-only
// policy_peek: what a policy in force would decide on a SYN now, without a trace in its state.
#include "common/dataplane/policy_peek.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/syn_frame.h"

/* The row of the CPU that has judged the frame. */
static int peek_read_last(const struct dataplane *dataplane, struct judgement *ret,
			  struct errmsg *why)
{
	__u32 cpus = dataplane__layout(dataplane)->cpus;
	size_t bytes = cpus * sizeof(struct verdict_counters);
	const struct verdict_counters *counters =
		mmap(NULL, bytes, PROT_READ, MAP_SHARED,
		     dataplane__map_fd(dataplane, "verdict_counters"), 0);
	int err = -ENODATA;

	if (counters == MAP_FAILED)
		return errmsg__set(why, -errno, "mapping the counters: %s", strerror(errno));
	for (__u32 cpu = 0; err && cpu < cpus; cpu++) {
		if (!counters[cpu].reasons[counters[cpu].last.reason % REASON_COUNT])
			continue;
		*ret = counters[cpu].last;
		err = 0;
	}
	munmap((void *)counters, bytes);
	return err ? errmsg__set(why, err, "the program has judged nothing") : 0;
}

int policy_peek__syn(const struct policy_maps *maps, const struct endpoint *source,
		     const struct endpoint *victim, struct policy_answer *ret, struct errmsg *why)
{
	const struct dataplane_config config = {.policy = maps, .peek = true};
	struct dataplane *dataplane = NULL;
	struct test_run *test_run = NULL;
	__u8 frame[SYN_FRAME_BYTES];
	int err;

	err = dataplane__load(&config, &dataplane, why);
	if (err)
		return err;
	err = test_run__open(dataplane__program_fd(dataplane), &test_run, why);
	if (err)
		goto out;
	err = test_run__frame(test_run, frame, syn_frame__write(source, victim, frame), why);
	if (err < 0)
		goto out;
	ret->verdict = err;
	err = peek_read_last(dataplane, &ret->judgement, why);
out:
	test_run__close(test_run);
	dataplane__close(dataplane);
	return err;
}
