// SPDX-License-Identifier: GPL-2.0-only
// policy_run: frames judged by a policy one after another, in the kernel or in this process, at
// their own time.
#include "common/replay/policy_run.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "common/dataplane/policy_verified.h"
#include "common/dataplane/verdict_counters.h"

const char *const policy_engine_names[] = {
	[POLICY_ENGINE_HOST] = "host",
	[POLICY_ENGINE_SYSCALL] = "syscall",
	NULL,
};

struct policy_run {
	const struct policy_image *image; /* NULL: no policy */
	struct policy_host *host;         /* or, of the kernel: */
	struct policy_maps *maps;
	struct dataplane *dataplane;
	struct test_run *test_run;
	struct verdict_counters *counters; /* by CPU, mapped */
	int cpu;
};

/* The program reads the time from the counters of its CPU: stay on one. */
static int run_stay(struct policy_run *run, struct errmsg *why)
{
	cpu_set_t cpus;

	run->cpu = sched_getcpu();
	if (run->cpu < 0)
		return errmsg__set(why, -errno, "finding the CPU: %s", strerror(errno));
	CPU_ZERO(&cpus);
	CPU_SET(run->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		return errmsg__set(why, -errno, "staying on a CPU: %s", strerror(errno));
	return 0;
}

static int run_open_in_kernel(struct policy_run *run, const struct policy_chunk *chunks,
			      __u32 count, __u32 max_prefixes, struct errmsg *why)
{
	struct dataplane_config config = {.virtual_clock = true};
	int err;

	err = policy_maps__create(max_prefixes, &run->maps, why);
	if (err)
		return err;
	if (chunks)
		err = policy_maps__put(run->maps, POLICY_CONFIRMED, chunks, count, 0, why);
	if (err)
		return err;
	config.policy = run->maps;
	err = dataplane__load(&config, &run->dataplane, why);
	if (err)
		return err;
	err = test_run__open(dataplane__program_fd(run->dataplane), &run->test_run, why);
	if (err)
		return err;
	err = verdict_counters__map(run->dataplane, PROT_READ | PROT_WRITE, &run->counters, why);
	return err ? err : run_stay(run, why);
}

int policy_run__open(enum policy_engine engine, const struct policy_chunk *chunks, __u32 count,
		     __u32 max_prefixes, struct policy_run **ret, struct errmsg *why)
{
	struct policy_run *run = calloc(1, sizeof(*run));
	int err = 0;

	if (!run)
		return -ENOMEM;
	run->image = (const struct policy_image *)chunks;
	if (engine == POLICY_ENGINE_SYSCALL) {
		err = run_open_in_kernel(run, chunks, count, max_prefixes, why);
	} else {
		run->host = policy_host__open(chunks, count);
		err = run->host ? 0 : -ENOMEM;
	}
	if (err)
		policy_run__close(run);
	else
		*ret = run;
	return err;
}

static int run_in_kernel(struct policy_run *run, const __u8 *data, __u32 bytes, __u64 now,
			 struct policy_outcome *ret, struct errmsg *why)
{
	struct verdict_counters *counters = &run->counters[run->cpu];
	__u32 max_bytes = test_run__max_bytes(run->test_run);
	int verdict;

	counters->virtual_now = now;
	verdict = test_run__frame(run->test_run, data, bytes < max_bytes ? bytes : max_bytes, why);
	if (verdict < 0)
		return verdict;
	*ret = (struct policy_outcome){
		.verdict = verdict, .judgement = counters->last, .frame = counters->frame};
	return 0;
}

int policy_run__frame(struct policy_run *run, const __u8 *data, __u32 bytes, __u64 now,
		      struct policy_outcome *ret, struct errmsg *why)
{
	/* A runt, which the kernel would not run. */
	if (bytes < TEST_RUN_MIN_BYTES) {
		*ret = (struct policy_outcome){.verdict = XDP_PASS, .frame.class = CLASS_RUNT};
		return 0;
	}
	if (!run->host)
		return run_in_kernel(run, data, bytes, now, ret, why);
	policy_host__judge(run->host, data, bytes, now, ret);
	return 0;
}

/* By the rule that answered: the policy's limit has no time of its own. */
static __u64 trust_of(const struct policy_run *run, __u8 rule)
{
	for (int i = 0; i < POLICY_PROTECTS; i++)
		if (run->image->protects[i].rule == rule && run->image->protects[i].trust)
			return run->image->protects[i].trust;
	return run->image->header.trust;
}

int policy_run__pass_challenge(struct policy_run *run, const struct policy_outcome *outcome,
			       __u64 now, struct errmsg *why)
{
	const struct judgement *judgement = &outcome->judgement;
	const struct endpoint *source = &outcome->frame.source;
	__u64 trust;

	if (judgement->reason != REASON_TX_CHALLENGE && judgement->reason != REASON_TX_RESET)
		return 0;
	trust = trust_of(run, judgement->rule);
	if (!run->host)
		return policy_maps__trust_at(run->maps, source, now, trust, why);
	policy_host__trust(run->host, source, now, trust);
	return 0;
}

void policy_run__close(struct policy_run *run)
{
	if (!run)
		return;
	verdict_counters__unmap(run->dataplane, run->counters);
	test_run__close(run->test_run);
	dataplane__close(run->dataplane);
	policy_maps__close(run->maps);
	policy_host__close(run->host);
	free(run);
}
