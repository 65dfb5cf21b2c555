// SPDX-License-Identifier: GPL-2.0-only
// test_policy_check: contradictions in a policy, and which connections it drops.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/policy/policy_check.h"
#include "common/policy/policy_lookup.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

#define V "xdpctl-policy: 1\n"

struct warnings {
	int count;
	char text[4096];
};

static void add_warning(void *context, const char *text)
{
	struct warnings *warnings = context;
	size_t used = strlen(warnings->text);

	warnings->count++;
	snprintf(warnings->text + used, sizeof(warnings->text) - used, "%s\n", text);
}

static void check_reads(struct scratch *scratch, const char *text, struct policy *ret)
{
	struct errmsg why = {};

	store(scratch->path, text, strlen(text));
	if (policy__read(scratch->path, ret, &why))
		fail_msg("%s", why.text);
}

static int check(struct scratch *scratch, const char *text, bool no_management,
		 struct warnings *warnings, struct errmsg *why)
{
	struct policy_check_options options = {
		.no_management = no_management, .warn = add_warning, .context = warnings};
	struct policy policy;
	int err;

	*warnings = (struct warnings){};
	check_reads(scratch, text, &policy);
	err = policy__check(&policy, &options, why);
	policy__free(&policy);
	return err;
}

static void test_no_management(void **state)
{
	static const char *const enforced[] = {
		V "deny: [192.0.2.1]\n", V "fragments: {tiny: drop}\n",
		V "limit: {mode: enforce}\n",
		V "protect: [{name: a, victims: [192.0.2.1], above: 9/s, action: drop, "
		  "mode: enforce}]\n"};
	struct warnings warnings;
	struct errmsg why = {};

	for (size_t i = 0; i < COUNT_OF(enforced); i++) {
		assert_int_equal(check(*state, enforced[i], false, &warnings, &why), -EINVAL);
		assert_non_null(strstr(why.text, "'management' is empty"));
		assert_int_equal(check(*state, enforced[i], true, &warnings, &why), 0);
	}
	assert_int_equal(check(*state, V "deny: {prefixes: [192.0.2.1], mode: shadow}\nlimit: {}\n",
			       false, &warnings, &why),
			 0);
	assert_int_equal(warnings.count, 0);
}

static void test_warnings(void **state)
{
	struct warnings warnings;

	assert_int_equal(check(*state,
			       V
			       "management: [192.0.2.0/24]\n"
			       "allow: [10.0.0.0/8, '2001:db8::/32']\n"
			       "deny: ['::/0', 10.0.0.0/9, '2001:db8::/32']\n"
			       "limit: {mode: enforce}\n"
			       "protect:\n"
			       "  - {name: a, victims: [192.0.2.1], above: 9/s, mode: enforce}\n"
			       "  - {name: b, victims: [192.0.2.1], above: 9/s, mode: enforce, "
			       "action: drop}\n"
			       "  - {name: c, victims: [192.0.2.1], armed: always, mode: enforce, "
			       "action: drop}\n",
			       false, &warnings, NULL),
			 0);
	assert_int_equal(warnings.count, 3);
	assert_non_null(strstr(warnings.text, ":8:5: 'b' is enforced: while a victim is under "
					      "attack, all SYNs to it are dropped but those"));
	assert_non_null(strstr(warnings.text,
			       ":9:5: 'c' is enforced: all SYNs to its victims are dropped"));
	assert_non_null(
		strstr(warnings.text, ":4:28: '2001:db8::/32' is in 'deny' and in 'allow'"));
	assert_non_null(strstr(warnings.text, ":3:21): 'allow' wins\n"));
}

static void test_many_warnings(void **state)
{
	struct warnings warnings;
	char text[2048] = V "allow: &x [";

	for (int i = 0; i < 15; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "10.0.0.%d, ", i);
	strcat(text, "]\ndeny: *x\n");
	assert_int_equal(check(*state, text, true, &warnings, NULL), 0);
	assert_int_equal(warnings.count, 11);
	assert_non_null(strstr(warnings.text, "5 more prefixes are in 'deny' and in 'allow'"));
}

static bool drops(const struct policy_lookup *lookup, const char *source, __u16 port)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint__parse(source, &endpoint), 0);
	return policy_lookup__drops(lookup, &endpoint, port);
}

static void test_lookup(void **state)
{
	struct timed_prefix entries[] = {{.allow = true}, {.allow = false}};
	struct timed_prefixes timed = {.prefixes = entries, .count = 2};
	struct policy_lookup *lookup;
	struct policy policy;

	assert_int_equal(prefix__parse("p", "9.9.9.9", &entries[0].prefix, NULL), 0);
	assert_int_equal(prefix__parse("p", "2001:db8:f::/48", &entries[1].prefix, NULL), 0);
	check_reads(*state,
		    V "management: [192.0.2.0/24, {source: 10.1.0.0/16, ports: [22]}]\n"
		      "allow: [10.2.0.0/16]\ndeny: [0.0.0.0/0, 10.2.3.0/24]\n",
		    &policy);
	assert_int_equal(policy_lookup__new(&policy, &timed, &lookup), 0);
	assert_true(drops(lookup, "8.8.8.8", 22));
	assert_false(drops(lookup, "9.9.9.9", 22));
	assert_false(drops(lookup, "192.0.2.200", 443));
	assert_false(drops(lookup, "10.1.2.3", 22));
	assert_true(drops(lookup, "10.1.2.3", 23));
	assert_false(drops(lookup, "10.2.3.4", 80));
	assert_true(drops(lookup, "255.255.255.255", 1));
	assert_false(drops(lookup, "2001:db8::1", 22));
	assert_true(drops(lookup, "2001:db8:f::1", 22));
	policy_lookup__free(lookup);
	policy.deny.mode = POLICY_SHADOW;
	assert_int_equal(policy_lookup__new(&policy, NULL, &lookup), 0);
	assert_false(drops(lookup, "8.8.8.8", 22));
	policy_lookup__free(lookup);
	policy__free(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(no_management),
		SCRATCH_TEST(warnings),
		SCRATCH_TEST(many_warnings),
		SCRATCH_TEST(lookup),
	};

	return cmocka_run_group_tests_name("policy_check", tests, NULL, NULL);
}
