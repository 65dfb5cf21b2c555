// SPDX-License-Identifier: GPL-2.0-only
// fuzz_judge: arbitrary frames to policies of every kind of rule: management, allow and deny decide
// as the rules read one by one do; nothing but a SYN meets a limit or a rule of an attack.
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/counts/policy_counts.h"
#include "common/policy/policy_compile.h"
#include "common/replay/host_helpers.h"
#include "common/replay/policy_host.h"
#include "common/replay/runner_host.h"
#include "tests/fuzz/frame_mutator.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"
#include "xdp/parse.bpf.h"

#define LISTS                                                                                     \
	"xdpctl-policy: 1\n"                                                                      \
	"management: [{source: 10.0.0.0/9, ports: [22, 443]}, 192.0.2.0/28, \"2001:db8::/64\"]\n" \
	"allow: [10.0.0.0/16, 192.0.2.0/25, \"2001:db8:0:1::/64\"]\n"                             \
	"deny: {prefixes: [10.0.0.0/8, 192.0.2.0/24, 224.0.0.0/3, \"2001:db8::/32\"], mode: "     \
	"enforce}\n"

static const char *const policy_texts[] = {
	LISTS "fragments: {tiny: drop}\n",
	LISTS "limit: {rate: 2/s, burst: 2, mode: enforce}\n",
	LISTS "protect:\n"
	      "  - {name: a, victims: [0.0.0.0/1], armed: always, mode: enforce, action: drop}\n"
	      "  - {name: b, victims: [128.0.0.0/1], armed: always, mode: enforce, action: reset}\n"
	      "  - {name: c, victims: [\"::/0\"], armed: always, mode: enforce}\n",
};

/* Drivers align the IP header, which follows 14 bytes of Ethernet (NET_IP_ALIGN). */
#define IP_ALIGN 2
#define LINES 16
#define START (1ull << 32) /* a moment, in jiffies */
#define TIMES 4            /* beyond the burst of a limit */
#define POLICIES (sizeof(policy_texts) / sizeof(policy_texts[0]))

struct judged_policy {
	struct policy policy;
	struct compiled_policy compiled;
};

static struct judged_policy judged[POLICIES];

static void read_policies(void)
{
	const struct policy_build build = {
		.max_prefixes = 1000, .hz = 250, .jiffies = START, .generation = 1};
	struct policy_names names = {};
	struct errmsg why = {};

	for (size_t i = 0; i < POLICIES; i++) {
		const char *path = memory_file__path();
		int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

		MUST(fd >= 0 && write(fd, policy_texts[i], strlen(policy_texts[i])) > 0);
		close(fd);
		MUST(!policy__read(path, &judged[i].policy, &why));
		MUST(!policy__compile(&judged[i].policy, &build, &names, &judged[i].compiled,
				      &why));
	}
}

static bool is_in(const struct policy_list *list, const struct endpoint *source)
{
	for (size_t i = 0; i < list->count; i++)
		if (prefix__contains(&list->prefixes[i].prefix, source))
			return true;
	return false;
}

static bool is_management(const struct policy *policy, const struct judged_frame *frame)
{
	for (size_t i = 0; i < policy->management_count; i++) {
		const struct policy_management *rule = &policy->management[i];
		bool has_port = !rule->ports.count;

		for (int j = 0; j < rule->ports.count; j++)
			has_port |= rule->ports.ports[j] == ntohs(frame->victim.port);
		if (has_port && prefix__contains(&rule->source.prefix, &frame->source))
			return true;
	}
	return false;
}

/* Return: what the lists decide, or REASON_COUNT. */
static enum policy_reason expected(const struct policy *policy, const struct judged_frame *frame)
{
	if (!frame->source.family || frame->marks & MARK_NEIGHBOUR)
		return REASON_PASS_DEFAULT;
	return is_management(policy, frame)            ? REASON_PASS_MANAGEMENT
	       : is_in(&policy->allow, &frame->source) ? REASON_PASS_ALLOW
	       : is_in(&policy->deny, &frame->source)  ? REASON_DROP_DENY
						       : REASON_COUNT;
}

static bool may_decide(enum policy_reason reason, enum frame_class class)
{
	switch (reason) {
	case REASON_PASS_DEFAULT:
		return true;
	case REASON_PASS_MANAGEMENT:
	case REASON_PASS_ALLOW:
	case REASON_DROP_DENY:
		return false; /* not expected of the lists */
	case REASON_DROP_TINY_FRAGMENT:
		return class == CLASS_TRUNCATED_L4;
	case REASON_VERIFIED_NOW:
		return class == CLASS_RST;
	case REASON_TX_RESET:
		return class == CLASS_SYN || class == CLASS_TCP_OTHER;
	default:
		return class == CLASS_SYN;
	}
}

static void check_outcome(const struct policy *policy, const struct policy_outcome *outcome)
{
	enum policy_reason reason = outcome->judgement.reason;
	enum policy_reason by_lists = expected(policy, &outcome->frame);

	MUST(reason < REASON_COUNT && outcome->verdict == reason_verdicts[reason]);
	if (by_lists == REASON_COUNT)
		MUST(may_decide(reason, outcome->frame.class));
	else
		MUST(reason == by_lists);
}

static void judge_under(const struct judged_policy *tried, const __u8 *frame, size_t size)
{
	static struct policy_line limit_lines[LINES], verified_lines[LINES];
	static struct attack_set attack_sets[LINES];
	static struct verdict_counters counters;
	const struct policy_memory memory = {
		.chunks = tried->compiled.chunks,
		.chunk_count = tried->compiled.chunk_count,
		.config = {.seeds = {1, 3, 5, 7, 9, 11},
			   .limit_lines = LINES,
			   .verified_lines = LINES,
			   .attack_sets = LINES},
		.limit_lines = limit_lines,
		.verified_lines = verified_lines,
		.attack_sets = attack_sets,
		.counters = &counters,
	};
	struct policy_outcome outcome;

	memset(limit_lines, 0, sizeof(limit_lines));
	memset(verified_lines, 0, sizeof(verified_lines));
	memset(attack_sets, 0, sizeof(attack_sets));
	memset(&counters, 0, sizeof(counters));
	for (int i = 0; i < TIMES; i++) {
		counters.virtual_now = START + i;
		outcome.verdict = runner_host__judge(&memory, frame, size);
		outcome.judgement = counters.last;
		outcome.frame = counters.frame;
		check_outcome(&tried->policy, &outcome);
	}
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	__u8 *copy = (__u8 *)malloc(size + IP_ALIGN) + IP_ALIGN;

	if (!judged[0].compiled.chunks)
		read_policies();
	for (size_t i = 0; i < POLICIES; i++) {
		if (size)
			memcpy(copy, data, size);
		judge_under(&judged[i], copy, size);
	}
	free(copy - IP_ALIGN);
	return 0;
}
