// SPDX-License-Identifier: GPL-2.0-only
// answer_test: whether this kernel loads and runs a program that answers a SYN.
#include "common/dataplane/answer_test.h"

#include <arpa/inet.h>
#include <string.h>

#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "common/dataplane/syn_frame.h"
#include "common/policy/policy_compile.h"

#define TEST_SOURCE "192.0.2.1" /* of RFC 5737's networks for documentation */
#define TEST_VICTIM "198.51.100.1"
#define TEST_MAX_PREFIXES 16

/* Compiles a policy that always challenges SYNs to one victim. */
static int compile_test(const struct endpoint *victim, struct compiled_policy *ret,
			struct errmsg *why)
{
	struct policy_prefix prefix = {.prefix = prefix__of(victim, 32)};
	struct protect_rule protect = {
		.name = "test",
		.victims = {.prefixes = &prefix, .count = 1},
		.armed = ARMED_ALWAYS,
		.mode = POLICY_ENFORCE,
		.action = POLICY_ACTION_CHALLENGE,
		.trust_s = 1,
	};
	const struct policy policy = {
		.tiny_fragments = FRAGMENTS_PASS, .protects = &protect, .protect_count = 1};
	struct policy_build build = {.max_prefixes = TEST_MAX_PREFIXES, .generation = 1};
	struct policy_names names = {};
	struct policy_clock clock;
	int err = policy_clock__read(&clock, why);

	if (err)
		return err;
	build.hz = clock.hz;
	return policy__compile(&policy, &build, &names, ret, why);
}

static int put_test(const struct policy_maps *maps, const struct endpoint *victim,
		    struct errmsg *why)
{
	struct compiled_policy compiled;
	int err = compile_test(victim, &compiled, why);

	if (err)
		return err;
	err = policy_maps__put(maps, POLICY_CONFIRMED, compiled.chunks, compiled.chunk_count, 0,
			       why);
	compiled_policy__free(&compiled);
	return err;
}

/* Return: the verdict, or a negative errno with @why set. */
static int run_test(const struct policy_maps *maps, const struct endpoint *source,
		    const struct endpoint *victim, struct errmsg *why)
{
	const struct dataplane_config config = {.policy = maps};
	struct dataplane *dataplane = NULL;
	struct test_run *test_run = NULL;
	__u8 frame[SYN_FRAME_BYTES];
	int verdict = dataplane__load(&config, &dataplane, why);

	if (verdict)
		return verdict;
	verdict = test_run__open(dataplane__program_fd(dataplane), &test_run, why);
	if (!verdict)
		verdict = test_run__frame(test_run, frame, syn_frame__write(source, victim, frame),
					  why);
	test_run__close(test_run);
	dataplane__close(dataplane);
	return verdict;
}

int answer_test__run(struct errmsg *why)
{
	struct endpoint source, victim;
	struct policy_maps *maps;
	int verdict;

	endpoint__parse(TEST_SOURCE, &source);
	endpoint__parse(TEST_VICTIM, &victim);
	victim.port = htons(80);
	verdict = policy_maps__create(TEST_MAX_PREFIXES, &maps, why);
	if (verdict)
		return verdict;
	verdict = put_test(maps, &victim, why);
	if (!verdict)
		verdict = run_test(maps, &source, &victim, why);
	policy_maps__close(maps);
	return verdict;
}
