// SPDX-License-Identifier: GPL-2.0-only
// policy_peek: what a policy in force would decide on a SYN now, without a trace in its state.
#include "common/dataplane/policy_peek.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/syn_frame.h"
#include "common/dataplane/verdict_counters.h"

/* The row of the CPU that has judged the frame. */
static int peek_read_last(const struct dataplane *dataplane, struct judgement *ret,
			  struct errmsg *why)
{
	struct verdict_counters *counters;
	bool judged = false;
	int err = verdict_counters__map(dataplane, PROT_READ, &counters, why);

	if (err)
		return err;
	for (__u32 cpu = 0; !judged && cpu < dataplane__layout(dataplane)->cpus; cpu++) {
		judged = counters[cpu].reasons[counters[cpu].last.reason % REASON_COUNT];
		if (judged)
			*ret = counters[cpu].last;
	}
	verdict_counters__unmap(dataplane, counters);
	return judged ? 0 : errmsg__set(why, -ENODATA, "the program has judged nothing");
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
