// SPDX-License-Identifier: GPL-2.0-only
// test_plan_engines: each frame of every capture is judged alike by the program in the kernel and
// by the same program in this process: verdict, reason, rule, class and endpoints.
#include <string.h>

#include "common/address/endpoint.h"
#include "common/bpf/libbpf_log.h"
#include "common/capture/linktype.h"
#include "common/policy/policy_compile.h"
#include "common/replay/plan.h"
#include "tests/captures.h"

#define ENGINES 2
#define FRAMES_PER_CAPTURE 20000 /* a system call each takes a while */

static const char policy_text[] =
	"xdpctl-policy: 1\n"
	"management: [{source: '2001:db8::/34', ports: [80]}, 10.0.0.0/10]\n"
	"allow: [172.16.0.0/12, 192.168.0.0/17]\n"
	"deny: [0.0.0.0/3, 192.168.0.0/16, '2001:db8:8000::/33', '::/1']\n"
	"fragments: {tiny: drop}\n"
	"limit: {rate: 10/s, burst: 5, mode: enforce}\n"
	"protect:\n"
	"- {name: drops, victims: [64.0.0.0/2, '4000::/2'], above: 50/s, below: 5/s, hold: 1s,\n"
	"   mode: enforce, action: drop}\n"
	"- {name: challenges, victims: [128.0.0.0/1, '8000::/1'], armed: always, mode: enforce,\n"
	"   limit: {rate: 2/s, burst: 3}}\n"
	"- {name: resets, victims: [192.168.0.0/16], above: 9/s, mode: enforce, action: reset}\n"
	"- {name: shadows, victims: [0.0.0.0/0], above: 9/s, mode: shadow}\n";

struct engines {
	struct compiled_policy compiled;
	struct policy_run *runs[ENGINES];
	__u8 wrapped[CAPTURE_FRAME_MAX_BYTES + 64];
	__u64 frames, differ_from_pass, now;
};

static void compile_text(const char *path, struct compiled_policy *ret)
{
	const struct policy_build build = {
		.max_prefixes = 1000, .hz = PLAN_HZ, .jiffies = PLAN_START};
	struct policy_names names = {};
	struct errmsg why = {};
	struct policy policy;

	store(path, policy_text, strlen(policy_text));
	if (policy__read(path, &policy, &why) ||
	    policy__compile(&policy, &build, &names, ret, &why))
		fail_msg("%s", why.text);
	policy__free(&policy);
}

/* Return: false if the kernel's program cannot be loaded here. */
static bool open_engines(struct engines *engines)
{
	struct errmsg why = {};

	for (int i = 0; i < ENGINES; i++) {
		if (!policy_run__open(i, engines->compiled.chunks, engines->compiled.chunk_count,
				      1000, &engines->runs[i], &why))
			continue;
		print_message("# skipped: %s\n", why.text);
		return false;
	}
	return true;
}

static void close_engines(struct engines *engines)
{
	for (int i = 0; i < ENGINES; i++)
		policy_run__close(engines->runs[i]);
	compiled_policy__free(&engines->compiled);
}

static void check_same(const char *path, __u64 number, const struct policy_outcome *host,
		       const struct policy_outcome *kernel)
{
	if (host->verdict == kernel->verdict &&
	    host->judgement.reason == kernel->judgement.reason &&
	    host->judgement.rule == kernel->judgement.rule &&
	    host->judgement.shadow_rule == kernel->judgement.shadow_rule &&
	    host->frame.class == kernel->frame.class &&
	    !endpoint__compare(&host->frame.source, &kernel->frame.source) &&
	    !endpoint__compare(&host->frame.victim, &kernel->frame.victim))
		return;
	fail_msg("%s: frame %llu: verdict %d %d, reason %d %d, rule %d %d, class %d %d", path,
		 number, host->verdict, kernel->verdict, host->judgement.reason,
		 kernel->judgement.reason, host->judgement.rule, kernel->judgement.rule,
		 host->frame.class, kernel->frame.class);
}

static void judge_both(struct engines *engines, const char *path, __u64 number, const __u8 *data,
		       __u32 bytes)
{
	struct policy_outcome outcomes[ENGINES] = {};
	struct errmsg why = {};

	for (int i = 0; i < ENGINES; i++)
		if (policy_run__frame(engines->runs[i], data, bytes, engines->now, &outcomes[i],
				      &why))
			fail_msg("%s: frame %llu: %s", path, number, why.text);
	check_same(path, number, &outcomes[POLICY_ENGINE_HOST], &outcomes[POLICY_ENGINE_SYSCALL]);
	/* Every other client passes its challenge. */
	for (int i = 0; engines->frames % 2 && i < ENGINES; i++)
		assert_int_equal(policy_run__pass_challenge(engines->runs[i], &outcomes[i],
							    engines->now, &why),
				 0);
	engines->frames++;
	engines->differ_from_pass += outcomes[0].judgement.reason != 0;
}

/* A frame each tenth of a jiffy. */
static void judge_capture(struct engines *engines, const char *path)
{
	struct capture_frame frame;
	struct capture *capture;
	struct errmsg why = {};

	if (capture__open(path, &capture, &why))
		fail_msg("%s", why.text);
	for (__u64 i = 0; i < FRAMES_PER_CAPTURE && capture__next(capture, &frame, &why) > 0; i++) {
		const __u8 *data = frame.data;
		int bytes = frame.captured_bytes;

		if (frame.linktype != LINKTYPE_ETHERNET) {
			if (!linktype__can_rewrap(frame.linktype))
				continue;
			bytes = linktype__rewrap(frame.linktype, frame.data, frame.captured_bytes,
						 engines->wrapped);
			data = engines->wrapped;
		}
		engines->now = PLAN_START + engines->frames / 10;
		if (bytes >= 0)
			judge_both(engines, path, i, data, bytes);
	}
	capture__close(capture);
}

static void test_captures(void **state)
{
	static struct engines engines;
	struct scratch *scratch = *state;
	glob_t found;

	libbpf_log__start(false);
	if (!find_captures(&found))
		skip();
	compile_text(scratch->path, &engines.compiled);
	if (!open_engines(&engines)) {
		close_engines(&engines);
		globfree(&found);
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		judge_capture(&engines, found.gl_pathv[i]);
	print_message("# %zu captures, %llu frames, of which %llu do not pass by default\n",
		      found.gl_pathc, engines.frames, engines.differ_from_pass);
	assert_true(engines.differ_from_pass > engines.frames / 10);
	close_engines(&engines);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {SCRATCH_TEST(captures)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
