// SPDX-License-Identifier: GPL-2.0-only
// test_policy_compile: what the compiled policy says of addresses, and when it is refused.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/policy_compile.h"
#include "common/policy/policy_text.h"
#include "common/replay/host_helpers.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"
#include "xdp/ranges.bpf.h"

#define V "xdpctl-policy: 1\n"
#define HZ 250
#define WALL_NS 1700000000000000000ull
#define JIFFIES 5000000000ull

struct compiling {
	struct policy policy;
	struct timed_prefixes timed;
	struct policy_names names;
	struct policy_build build;
	struct compiled_policy compiled;
	struct errmsg why;
};

static void compiling_read(struct compiling *compiling, struct scratch *scratch, const char *text)
{
	*compiling = (struct compiling){.build = {.max_prefixes = POLICY_DEFAULT_MAX_PREFIXES,
						  .hz = HZ,
						  .jiffies = JIFFIES,
						  .wall_ns = WALL_NS,
						  .generation = 7}};
	compiling->build.timed = &compiling->timed;
	store(scratch->path, text, strlen(text));
	if (policy__read(scratch->path, &compiling->policy, &compiling->why))
		fail_msg("%s", compiling->why.text);
}

static int compile(struct compiling *compiling)
{
	return policy__compile(&compiling->policy, &compiling->build, &compiling->names,
			       &compiling->compiled, &compiling->why);
}

static void read_and_compile(struct compiling *compiling, struct scratch *scratch, const char *text)
{
	compiling_read(compiling, scratch, text);
	if (compile(compiling))
		fail_msg("%s", compiling->why.text);
}

static void compiling_free(struct compiling *compiling)
{
	policy__free(&compiling->policy);
	timed_prefixes__free(&compiling->timed);
	compiled_policy__free(&compiling->compiled);
}

static const struct policy_image *image_of(const struct compiling *compiling)
{
	return (const struct policy_image *)compiling->compiled.chunks;
}

static __u64 high_half(const __be32 *words)
{
	return (__u64)ntohl(words[0]) << 32 | ntohl(words[1]);
}

/* What holds for an address, as the program finds it. */
static const struct policy_decision *decision_for(const struct compiling *compiling,
						  const char *text)
{
	struct host_array map = {.values = compiling->compiled.chunks,
				 .value_bytes = RANGES_CHUNK_BYTES,
				 .max_entries = compiling->compiled.chunk_count};
	const struct policy_image *image = image_of(compiling);
	struct endpoint address;
	__u32 number;

	assert_int_equal(endpoint__parse(text, &address), 0);
	if (address.family == ENDPOINT_IPV4)
		number = ranges__find_ipv4(&map, &image->ranges, ntohl(address.address[0]));
	else
		number = ranges__find_ipv6(&map, &image->ranges, high_half(&address.address[0]),
					   high_half(&address.address[2]));
	return &image->decisions[number];
}

static const char *name_of(const struct compiling *compiling, __u8 rule)
{
	return compiling->names.rules[rule];
}

/* The names of the rules of an address: management, listings, protects by number. */
static void assert_decision(const struct compiling *compiling, const char *address,
			    const char *wanted)
{
	const struct policy_decision *decision = decision_for(compiling, address);
	char text[256];
	int used;

	used = snprintf(text, sizeof(text), "%s:%d %s %s %s",
			name_of(compiling, decision->management_rule), decision->management_ports,
			name_of(compiling, decision->rules[LISTED_ALLOW]),
			name_of(compiling, decision->rules[LISTED_DENY_SHADOW]),
			name_of(compiling, decision->rules[LISTED_DENY]));
	for (int i = 0; i < POLICY_VICTIM_PROTECTS && decision->protects[i]; i++)
		used += snprintf(text + used, sizeof(text) - used, " %d", decision->protects[i]);
	assert_string_equal(text, wanted);
}

static void test_empty(void **state)
{
	struct compiling compiling;

	read_and_compile(&compiling, *state, V "fragments: {tiny: pass}\n");
	assert_int_equal(image_of(&compiling)->header.parts, 0);
	assert_int_equal(image_of(&compiling)->header.generation, 7);
	assert_int_equal(image_of(&compiling)->header.hz, HZ);
	assert_int_equal(image_of(&compiling)->header.tiny_fragment_rule, 0);
	assert_int_equal(image_of(&compiling)->header.limit.rule, 0);
	assert_decision(&compiling, "192.0.2.1", ":0   ");
	assert_decision(&compiling, "2001:db8::1", ":0   ");
	assert_int_equal(compiling.compiled.decisions, 1);
	compiling_free(&compiling);
}

/* All that lists an address is kept: the program has its own order. */
static void test_overlaps(void **state)
{
	struct compiling compiling;

	read_and_compile(&compiling, *state,
			 V "management:\n"
			   "  - {source: 10.0.0.0/8, ports: [22]}\n"
			   "  - {source: 10.1.0.0/16, ports: [443]}\n"
			   "  - {source: 10.1.1.0/24, ports: [22]}\n"
			   "  - 10.2.0.0/16\n"
			   "allow: [10.1.1.0/24, '2001:db8::/32']\n"
			   "deny: [0.0.0.0/0, 10.1.1.1, '::/0']\n");
	assert_decision(&compiling, "9.0.0.0", ":0   deny");
	assert_decision(&compiling, "10.0.0.1", "management:1   deny");
	assert_decision(&compiling, "10.1.0.1", "management:3   deny");
	assert_decision(&compiling, "10.1.1.1", "management:3 allow  deny");
	assert_decision(&compiling, "10.2.0.1", "management:0   deny");
	assert_decision(&compiling, "2001:db8::1", ":0 allow  deny");
	assert_decision(&compiling, "2001:db9::1", ":0   deny");
	assert_int_equal(image_of(&compiling)->port_sets[1].words[0], 1ull << 22);
	assert_int_equal(image_of(&compiling)->port_sets[3].words[0], 1ull << 22);
	assert_int_equal(image_of(&compiling)->port_sets[3].words[6], 1ull << (443 - 384));
	assert_int_equal(image_of(&compiling)->header.parts,
			 POLICY_HAS_IPV4 | POLICY_HAS_IPV6 | POLICY_HAS_LISTS);
	compiling_free(&compiling);
}

static void test_shadow(void **state)
{
	struct compiling compiling;

	read_and_compile(&compiling, *state,
			 V "deny: {prefixes: [192.0.2.0/24], mode: shadow}\n"
			   "limit: {rate: 20/s, burst: 60}\n"
			   "fragments: {tiny: drop}\n");
	assert_decision(&compiling, "192.0.2.1", ":0  deny ");
	assert_int_equal(image_of(&compiling)->header.limit.shadow, 1);
	assert_int_equal(image_of(&compiling)->header.limit.period, HZ * 256 / 20);
	assert_int_equal(image_of(&compiling)->header.limit.tolerance, 60 * (HZ * 256 / 20));
	assert_string_equal(name_of(&compiling, image_of(&compiling)->header.limit.rule), "limit");
	assert_int_equal(image_of(&compiling)->header.tiny_fragment_shadow, 0);
	assert_string_equal(name_of(&compiling, image_of(&compiling)->header.tiny_fragment_rule),
			    "fragments");
	compiling_free(&compiling);
}

#define PROTECT(name, victims, rest) \
	"  - {name: " name ", victims: [" victims "], above: 2000/s, action: drop" rest "}\n"

static void test_protects(void **state)
{
	const struct policy_protect *protects;
	struct compiling compiling;

	read_and_compile(
		&compiling, *state,
		V "limit: {rate: 10/s, burst: 5}\nprotect:\n" /* */
		PROTECT("a", "203.0.113.0/24", ", ports: [80, 443], mode: enforce, hold: 2m")
			PROTECT("b", "203.0.113.7", ", limit: {rate: 1/s, burst: 2}")
				PROTECT("c", "'::/0', 203.0.113.7", ""));
	protects = image_of(&compiling)->protects;
	assert_decision(&compiling, "203.0.113.1", ":0    1");
	assert_decision(&compiling, "203.0.113.7", ":0    1 2 3");
	assert_decision(&compiling, "2001:db8::1", ":0    3");
	assert_string_equal(name_of(&compiling, protects[0].rule), "a");
	assert_int_equal(protects[0].shadow, 0);
	assert_int_equal(protects[1].shadow, 1);
	assert_int_equal(protects[0].hold, 120 * HZ);
	assert_int_equal(protects[0].above, ((__u64)HZ << POLICY_TICK_BITS) / 2000);
	assert_int_equal(protects[0].below, ((__u64)HZ << POLICY_TICK_BITS) / 500);
	assert_int_equal(protects[0].limit.rule, protects[0].rule);
	assert_int_equal(protects[0].limit.period, HZ * 256 / 10);
	assert_int_equal(protects[1].limit.tolerance, 2 * HZ * 256);
	assert_int_equal(protects[0].ports, 1);
	assert_int_equal(protects[1].ports, 0);
	assert_int_equal(image_of(&compiling)->header.parts,
			 POLICY_HAS_IPV4 | POLICY_HAS_IPV6 | POLICY_HAS_PROTECTS);
	compiling_free(&compiling);
}

static void test_answers(void **state)
{
	const struct policy_protect *protects;
	struct compiling compiling;

	read_and_compile(&compiling, *state,
			 V "answer_limit: 1000/s\nprotect:\n"
			   "  - {name: a, victims: [203.0.113.1], armed: always, trust: 1h}\n"
			   "  - {name: b, victims: [203.0.113.2], above: 2000/s}\n"
			   "  - {name: c, victims: [203.0.113.3], above: 2000/s, action: drop}\n");
	protects = image_of(&compiling)->protects;
	assert_int_equal(protects[0].always, 1);
	assert_int_equal(protects[0].action, POLICY_ACTION_CHALLENGE);
	assert_int_equal(protects[0].trust, 3600 * HZ);
	assert_int_equal(protects[1].always, 0);
	assert_int_equal(protects[1].action, POLICY_ACTION_CHALLENGE);
	assert_int_equal(protects[1].trust, 600 * HZ);
	assert_int_equal(protects[2].action, POLICY_ACTION_DROP);
	assert_int_equal(image_of(&compiling)->header.answer_period,
			 ((__u64)HZ << POLICY_TICK_BITS) / 1000);
	compiling_free(&compiling);
}

static void list_for(struct compiling *compiling, const char *text, bool allow, __u64 until_ns)
{
	struct timed_prefix timed = {.allow = allow, .until_ns = until_ns};

	assert_int_equal(prefix__parse("prefix", text, &timed.prefix, NULL), 0);
	assert_int_equal(timed_prefixes__set(&compiling->timed, &timed), 0);
}

/* An end is a jiffy, rounded up; of two that deny an address, the later end counts. */
static void test_timed(void **state)
{
	struct compiling compiling;

	compiling_read(&compiling, *state, V "deny: [192.0.2.0/28]\n");
	list_for(&compiling, "192.0.2.0/24", false, WALL_NS + 10 * 1000000000ull);
	list_for(&compiling, "192.0.2.128/25", false, WALL_NS + 1);
	list_for(&compiling, "198.51.100.1", true, 0);
	list_for(&compiling, "203.0.113.1", false, WALL_NS);
	assert_int_equal(compile(&compiling), 0);
	assert_decision(&compiling, "192.0.2.1", ":0   deny");
	assert_true(decision_for(&compiling, "192.0.2.1")->until[LISTED_DENY] == POLICY_FOREVER);
	assert_decision(&compiling, "192.0.2.100", ":0   deny-by-hand");
	assert_int_equal(decision_for(&compiling, "192.0.2.100")->until[LISTED_DENY],
			 JIFFIES + 10 * HZ);
	assert_int_equal(decision_for(&compiling, "192.0.2.200")->until[LISTED_DENY],
			 JIFFIES + 10 * HZ);
	assert_decision(&compiling, "198.51.100.1", ":0 allow-by-hand  ");
	assert_true(decision_for(&compiling, "198.51.100.1")->until[LISTED_ALLOW] ==
		    POLICY_FOREVER);
	assert_decision(&compiling, "203.0.113.1", ":0   ");
	compiling_free(&compiling);
	compiling_read(&compiling, *state, V);
	list_for(&compiling, "192.0.2.1", false, WALL_NS + 1);
	assert_int_equal(compile(&compiling), 0);
	assert_int_equal(decision_for(&compiling, "192.0.2.1")->until[LISTED_DENY], JIFFIES + 1);
	compiling_free(&compiling);
}

/* A rule keeps its number from one policy to the next. */
static void test_names(void **state)
{
	struct compiling first, second;
	int deny;

	read_and_compile(&first, *state,
			 V "deny: [192.0.2.1]\nprotect:\n" PROTECT("a", "'::1'", ""));
	deny = rule_names__number(&first.names, "deny");
	compiling_read(&second, *state,
		       V "management: [192.0.2.9]\nprotect:\n" PROTECT("b", "'::1'", ""));
	second.names = first.names;
	assert_int_equal(compile(&second), 0);
	assert_int_equal(rule_names__number(&second.names, "deny"), deny);
	assert_string_not_equal(name_of(&second, image_of(&second)->protects[0].rule),
				name_of(&first, image_of(&first)->protects[0].rule));
	compiling_free(&first);
	compiling_free(&second);
}

static void test_out_of_names(void **state)
{
	struct compiling compiling;
	char name[16];

	compiling_read(&compiling, *state, V "deny: [192.0.2.1]\n");
	for (int i = 1; i < POLICY_RULES; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		assert_int_equal(rule_names__number(&compiling.names, name), i);
	}
	assert_int_equal(compile(&compiling), -ENOSPC);
	assert_non_null(strstr(compiling.why.text, "255 names of rules have been used"));
	compiling_free(&compiling);
}

static const struct {
	const char *text;
	const char *error;
	int err;
} refusals[] = {
	{V "limit: {rate: 64001/s}\n", "at most 64000/s", -EINVAL},
	{V "limit: {rate: 1/s, burst: 16777}\n", "at most 16776", -EINVAL},
	{V "protect:\n" PROTECT("a", "'::1'", ", limit: {rate: 64001/s}"), "a: limit: 64001/s",
	 -EINVAL},
	{V "protect:\n"
	   "- {name: a, victims: ['::1'], above: 1000000000/s, below: 999999999/s, action: drop}",
	 "too close", -EINVAL},
	{V "protect:\n" PROTECT("a", "'::1'", "") PROTECT("b", "'::1'", "")
		 PROTECT("c", "'::1'", "") PROTECT("d", "'::1'", "") PROTECT("e", "'::/0'", ""),
	 "more than 4 'protect' rules have a victim in common", -ENOSPC},
};

static void test_refusals(void **state)
{
	struct compiling compiling;

	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		compiling_read(&compiling, *state, refusals[i].text);
		assert_int_equal(compile(&compiling), refusals[i].err);
		if (!strstr(compiling.why.text, refusals[i].error))
			fail_msg("'%s' is not '...%s...'", compiling.why.text, refusals[i].error);
		assert_string_equal(compiling.names.rules[1], "");
		compiling_free(&compiling);
	}
	compiling_read(&compiling, *state, V "limit: {rate: 64000/s}\n");
	assert_int_equal(compile(&compiling), 0);
	compiling_free(&compiling);
}

static void test_too_large(void **state)
{
	struct compiling compiling;

	compiling_read(&compiling, *state, V "deny: [192.0.2.1, 192.0.2.2, '::1']\n");
	compiling.build.max_prefixes = 1;
	assert_int_equal(compile(&compiling), -E2BIG);
	assert_non_null(strstr(compiling.why.text, "2 IPv4 prefixes, with room for 1"));
	compiling_free(&compiling);
	compiling_read(&compiling, *state, V);
	for (int i = 0; i < POLICY_DECISIONS; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		list_for(&compiling, text, false, WALL_NS + (i + 1) * 1000000000ull);
	}
	assert_int_equal(compile(&compiling), -E2BIG);
	assert_non_null(strstr(compiling.why.text, "more than 4095 combinations"));
	compiling_free(&compiling);
}

/* What is written is read as the same policy, and has the same digest then. */
static void test_text(void **state)
{
	struct scratch *scratch = *state;
	struct policy_text first, second;
	struct compiling compiling;
	struct policy policy;
	struct errmsg why = {};

	compiling_read(
		&compiling, scratch,
		V "management: [192.0.2.0/24, {source: '2001:db8::/32', ports: [443, 22]}]\n"
		  "allow: [198.51.100.0/24]\ndeny: {prefixes: [10.0.0.0/8], mode: shadow}\n"
		  "fragments: {tiny: drop}\nlimit: {rate: 5/s, mode: enforce}\nprotect:\n" PROTECT(
			  "a", "'::/0', 203.0.113.7",
			  ", ports: [80], hold: 90s, mode: enforce, limit: {burst: 9}")
			  PROTECT("b", "192.0.2.1",
				  "") "  - {name: c, victims: ['::1'], armed: always, "
				      "trust: 90m}\nanswer_limit: 77/s\n");
	assert_int_equal(policy_text__write(&compiling.policy, &first), 0);
	store(scratch->path, first.text, first.bytes);
	if (policy__read(scratch->path, &policy, &why))
		fail_msg("%s", why.text);
	assert_int_equal(policy_text__write(&policy, &second), 0);
	assert_string_equal(first.text, second.text);
	assert_memory_equal(first.digest, second.digest, POLICY_DIGEST_BYTES);
	assert_non_null(strstr(first.text, "\"ports\": [22, 443]"));
	assert_non_null(strstr(first.text, "\"hold\": \"90s\""));
	assert_non_null(strstr(first.text, "\"armed\": \"always\", \"mode\": \"shadow\", "
					   "\"action\": \"challenge\", \"trust\": \"90m\""));
	assert_non_null(strstr(first.text, "\"answer_limit\": \"77/s\""));
	policy_text__free(&first);
	policy_text__free(&second);
	policy__free(&policy);
	compiling_free(&compiling);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(empty),     SCRATCH_TEST(overlaps),     SCRATCH_TEST(shadow),
		SCRATCH_TEST(protects),  SCRATCH_TEST(answers),      SCRATCH_TEST(timed),
		SCRATCH_TEST(names),     SCRATCH_TEST(out_of_names), SCRATCH_TEST(refusals),
		SCRATCH_TEST(too_large), SCRATCH_TEST(text),
	};

	return cmocka_run_group_tests_name("policy_compile", tests, NULL, NULL);
}
