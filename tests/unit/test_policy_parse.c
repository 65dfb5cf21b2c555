// SPDX-License-Identifier: GPL-2.0-only
// test_policy_parse: a policy file: what is read, and one error with its place for anything else.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/policy.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

#define V "xdpctl-policy: 1\n"
#define RULE "{name: web, victims: [203.0.113.0/24], above: 2000/s, action: drop"
#define PORTS_8 "1, 2, 3, 4, 5, 6, 7, 8"

static const struct {
	const char *text;
	const char *place; /* "LINE:COLUMN", or NULL: it is accepted */
	const char *error;
} rows[] = {
	{V, NULL, NULL},
	{V "management:\nallow:\ndeny:\nprotect:\n", NULL, NULL},
	{"{\"xdpctl-policy\": 1, \"deny\": [\"192.0.2.0/24\"]}", NULL, NULL},
	{V "deny: {prefixes: &x [192.0.2.0/24]}\nallow: *x\n", NULL, NULL},
	{V "protect:\n  - " RULE "}\n", NULL, NULL},
	/* What it is. */
	{"", "1:1", "'xdpctl-policy: 1' is missing"},
	{"deny: [192.0.2.0/24]\n", "1:1", "'xdpctl-policy: 1' is missing"},
	{"xdpctl-policy: 2\n", "1:16", "version 2 is unknown: this xdpctl reads 1"},
	{"xdpctl-policy: one\n", "1:16", "'one' is not a whole number"},
	{"- 192.0.2.0/24\n", "1:1", "expected keys with values"},
	{V V, "2:1", "'xdpctl-policy' is given twice"},
	{V "denny: []\n", "2:1", "unknown key 'denny': did you mean 'deny'?"},
	{V "answer_limit: 1000000/s\n", NULL, NULL},
	{V "answer_limit: 1000000\n", "2:15", "answer_limit: '1000000': a rate needs a unit"},
	{V "fleet: {mode: shadow}\n", "2:8", "not available in this version"},
	/* Lists of prefixes. */
	{V "deny: 192.0.2.0/24\n", "2:7", "expected a list"},
	{V "deny:\n  - 10.0.0.1/8\n", "3:5", "'10.0.0.1/8' has host bits set beyond /8"},
	{V "allow: [192.0.2.0/24, example.com]\n", "2:23",
	 "'example.com' is not an address or a prefix"},
	{V "deny: [192.0.2.0/33]\n", "2:8", "33 is not between 0 and 32"},
	{V "deny: [192.0.2.0/24 2001:db8::/32]\n", "2:8", "is not a whole number"},
	{V "deny: [[192.0.2.0/24]]\n", "2:8", "expected a text"},
	{V "allow: {mode: enforce}\n", "2:9", "unknown key 'mode'"},
	{V "deny: {mode: on}\n", "2:14", "'on' is not one of shadow, enforce"},
	{V "deny: {files: missing}\n", "2:15", "expected a list"},
	{V "deny: {files: ['']}\n", "2:16", "expected the name of a file"},
	/* Aliases. */
	{V "deny: &x [192.0.2.0/24]\nallow: [*x]\n", "3:8", "expected a text"},
	{V "deny: &x [*x]\n", "2:7", "expected a text"},
	/* Management. */
	{V "management: 192.0.2.0/24\n", "2:13", "expected a list"},
	{V "management: [{ports: [22]}]\n", "2:14", "'source' is missing"},
	{V "management: [{source: 192.0.2.1/24}]\n", "2:23", "host bits set"},
	{V "management: [{source: 192.0.2.0/24, ports: [0]}]\n", "2:45",
	 "0 is not between 1 and 65535"},
	{V "management: [{source: 192.0.2.0/24, ports: []}]\n", "2:44", "at least one port"},
	{V "management: [{source: 192.0.2.0/24, ports: 22}]\n", "2:44", "expected a list"},
	{V "management: [{source: 192.0.2.0/24, ports: [22, 22]}]\n", "2:49",
	 "port 22 is given twice"},
	{V "management: [{source: 192.0.2.0/24, ports: [" PORTS_8 ",\n 11, 12, 13, 14, 15, 16,\n "
	   "17, 18, 19]}]\n",
	 "4:10", "more than 16 ports"},
	/* Fragments, limit. */
	{V "fragments: {tiny: yes}\n", "2:19", "'yes' is not one of shadow, drop, pass"},
	{V "fragments: {small: drop}\n", "2:13", "unknown key 'small'"},
	{V "limit: {rate: 20}\n", "2:15", "'20': a rate needs a unit: 20/s"},
	{V "limit: {rate: 20/m}\n", "2:15", "'20/m' is not a rate: expected N/s"},
	{V "limit: {rate: -1/s}\n", "2:15", "'-1/s' is not a rate"},
	{V "limit: {rate: 0/s}\n", "2:15", "0 is not between 1 and"},
	{V "limit: {rate: 1000000001/s}\n", "2:15", "is not between 1 and 1000000000"},
	{V "limit: {burst: 0}\n", "2:16", "0 is not between 1 and 1000000"},
	{V "limit: {mode: [shadow]}\n", "2:15", "expected a text"},
	/* Protect. */
	{V "protect: " RULE "}\n", "2:10", "expected a list"},
	{V "protect:\n  - {victims: [192.0.2.0/24]}\n", "3:5", "'name' is missing"},
	{V "protect:\n  - {name: web}\n", "3:5", "web: 'victims' are missing"},
	{V "protect:\n  - {name: web, victims: [192.0.2.1]}\n", "3:5", "web: 'above' is missing"},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], above: 9/s}\n", NULL, NULL},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], above: 9/s, trust: 1h}\n", NULL, NULL},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], above: 9/s, action: cookie}\n", NULL,
	 NULL},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], action: reset, trust: 1h, armed: "
	   "always}\n",
	 NULL, NULL},
	{V "protect:\n  - {name: web, action: block}\n", "3:25",
	 "'block' is not one of drop, challenge, reset, cookie"},
	{V "protect:\n  - " RULE ", trust: 10m}\n", "3:80",
	 "web: 'trust' means nothing to 'action: drop', which verifies no source: remove one"},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], armed: always, action: drop}\n", NULL,
	 NULL},
	{V "protect:\n  - {name: web, armed: never}\n", "3:24",
	 "armed: 'never' is not one of attack, always"},
	{V "protect:\n  - " RULE ", armed: always}\n", "3:51",
	 "web: 'above' contradicts 'armed: always': remove one of them"},
	{V "protect:\n  - {name: web, victims: [192.0.2.1], armed: always, hold: 9s}\n", "3:60",
	 "web: 'hold' contradicts 'armed: always': remove one of them"},
	{V "protect:\n  - " RULE ", below: 2000/s}\n", "3:5",
	 "web: 'below' (2000/s) must be less than 'above' (2000/s)"},
	{V "protect:\n  - " RULE ", hold: 60}\n", "3:79", "'60': a duration needs a unit: 60s"},
	{V "protect:\n  - " RULE ", hold: 1w}\n", "3:79", "expected a number and s, m, h or d"},
	{V "protect:\n  - " RULE ", hold: 400d}\n", "3:79", "400 is not between 1 and 365"},
	{V "protect:\n  - " RULE "}\n  - " RULE "}\n", "4:5", "the name 'web' is given twice"},
	{V "protect:\n  - {name: a b}\n", "3:12", "expected letters, digits, '-', '_' and '.'"},
	{V "protect:\n  - {name: deny}\n", "3:12", "'deny' is reserved: choose another name"},
	{V "protect:\n  - {name: 01234567890123456789012345678901}\n", "3:12",
	 "expected 1 to 31 characters"},
	{V "protect:\n  - {name: ''}\n", "3:12", "expected 1 to 31 characters"},
	{V "protect:\n  - " RULE ", limit: {mode: enforce}}\n", "3:81", "unknown key 'mode'"},
};

/* Return: true if reading ends as the row says. */
static bool is_right(struct scratch *scratch, size_t row)
{
	struct policy policy;
	struct errmsg why = {};
	char start[256];
	int err;

	store(scratch->path, rows[row].text, strlen(rows[row].text));
	err = policy__read(scratch->path, &policy, &why);
	if (!err)
		policy__free(&policy);
	snprintf(start, sizeof(start), "%s:%s: ", scratch->path, rows[row].place);
	if (rows[row].place ? err == -EINVAL && !strncmp(why.text, start, strlen(start)) &&
				      strstr(why.text, rows[row].error) && !strchr(why.text, '\n')
			    : !err)
		return true;
	print_error("%s'%s' is not '%s...%s...'\n", rows[row].text, why.text, start,
		    rows[row].error);
	return false;
}

static void test_rows(void **state)
{
	int wrong = 0;

	for (size_t row = 0; row < COUNT_OF(rows); row++)
		wrong += !is_right(*state, row);
	assert_int_equal(wrong, 0);
}

static void read_text(struct scratch *scratch, const char *text, struct policy *ret)
{
	struct errmsg why = {};

	store(scratch->path, text, strlen(text));
	if (policy__read(scratch->path, ret, &why))
		fail_msg("%s", why.text);
}

static void assert_prefix(const struct policy_prefix *prefix, const char *text, __u32 line)
{
	char buf[PREFIX_TEXT_BYTES];

	assert_string_equal(prefix__text(&prefix->prefix, buf), text);
	assert_int_equal(prefix->origin.line, line);
}

static void test_lists(void **state)
{
	struct policy policy;

	read_text(*state,
		  V "management:\n"
		    "  - 192.0.2.0/24\n"
		    "  - {source: '2001:db8:1::/48', ports: [443, 22]}\n"
		    "allow: [198.51.100.1]\n"
		    "deny:\n"
		    "  prefixes:\n"
		    "    - 203.0.113.0/24\n"
		    "    - ::/0\n"
		    "  mode: shadow\n",
		  &policy);
	assert_int_equal(policy.management_count, 2);
	assert_prefix(&policy.management[0].source, "192.0.2.0/24", 3);
	assert_int_equal(policy.management[0].ports.count, 0);
	assert_prefix(&policy.management[1].source, "2001:db8:1::/48", 4);
	assert_int_equal(policy.management[1].ports.count, 2);
	assert_int_equal(policy.management[1].ports.ports[0], 22);
	assert_int_equal(policy.management[1].ports.ports[1], 443);
	assert_int_equal(policy.allow.count, 1);
	assert_prefix(&policy.allow.prefixes[0], "198.51.100.1/32", 5);
	assert_int_equal(policy.deny.count, 2);
	assert_prefix(&policy.deny.prefixes[1], "::/0", 9);
	assert_int_equal(policy.deny.mode, POLICY_SHADOW);
	assert_false(policy__has_enforced(&policy));
	policy__free(&policy);
}

static void test_defaults(void **state)
{
	struct policy policy;

	read_text(*state, V "deny: [192.0.2.1]\nlimit: {}\nprotect:\n  - " RULE "}\n", &policy);
	assert_int_equal(policy.deny.mode, POLICY_ENFORCE);
	assert_true(policy__has_enforced(&policy));
	assert_int_equal(policy.tiny_fragments, FRAGMENTS_SHADOW);
	assert_true(policy.limit.given);
	assert_int_equal(policy.limit.rate_pps, 20);
	assert_int_equal(policy.limit.burst, 60);
	assert_int_equal(policy.limit.mode, POLICY_SHADOW);
	assert_int_equal(policy.answer_limit_pps, 1000000);
	assert_int_equal(policy.protects[0].trust_s, 600);
	assert_int_equal(policy.protects[0].armed, ARMED_ATTACK);
	assert_int_equal(policy.protects[0].below_pps, 500);
	assert_int_equal(policy.protects[0].hold_s, 60);
	assert_int_equal(policy.protects[0].mode, POLICY_SHADOW);
	assert_false(policy.protects[0].limit.given);
	policy__free(&policy);
}

static void test_protect(void **state)
{
	const struct protect_rule *web;
	struct policy policy;

	read_text(*state,
		  V "protect:\n"
		    "  - {name: dns, victims: [192.0.2.53], above: 10/s, action: drop}\n"
		    "  - name: web\n"
		    "    victims: [203.0.113.0/24, '2001:db8:2::/48']\n"
		    "    ports: [443, 80]\n"
		    "    above: 2000/s\n"
		    "    below: 400/s\n"
		    "    hold: 2m\n"
		    "    mode: enforce\n"
		    "    trust: 1h\n"
		    "    limit: {rate: 5/s, burst: 7}\n"
		    "answer_limit: 5000/s\n",
		  &policy);
	assert_int_equal(policy.protect_count, 2);
	assert_null(policy__protect(&policy, "mail"));
	web = policy__protect(&policy, "web");
	assert_ptr_equal(web, &policy.protects[1]);
	assert_int_equal(web->victims.count, 2);
	assert_int_equal(web->ports.ports[0], 80);
	assert_int_equal(web->above_pps, 2000);
	assert_int_equal(web->below_pps, 400);
	assert_int_equal(web->hold_s, 120);
	assert_int_equal(web->mode, POLICY_ENFORCE);
	assert_int_equal(web->limit.rate_pps, 5);
	assert_int_equal(web->limit.burst, 7);
	assert_int_equal(web->action, POLICY_ACTION_CHALLENGE);
	assert_int_equal(web->trust_s, 3600);
	assert_int_equal(policy.protects[0].action, POLICY_ACTION_DROP);
	assert_int_equal(policy.answer_limit_pps, 5000);
	assert_int_equal(web->origin.line, 4);
	assert_int_equal(policy.protects[0].ports.count, 0);
	policy__free(&policy);
}

/* A list lies next to the policy that names it; a fault of it has its own place. */
static void test_files(void **state)
{
	static const char text[] = V "deny: {prefixes: [192.0.2.1], files: [list]}\n";
	struct scratch *scratch = *state;
	struct policy policy;
	struct errmsg why = {};
	char list[128];

	snprintf(list, sizeof(list), "%s/list", scratch->dir);
	store(list, "# spam\n203.0.113.0/24 ; SBL1\n", 29);
	read_text(scratch, text, &policy);
	assert_int_equal(policy.deny.count, 2);
	assert_prefix(&policy.deny.prefixes[1], "203.0.113.0/24", 2);
	assert_int_equal(policy.deny.prefixes[1].origin.file, 1);
	assert_string_equal(policy.files[1], list);
	policy__free(&policy);
	store(list, "203.0.113.0/24\n  203.0.113.1/24\n", 32);
	assert_int_equal(policy__read(scratch->path, &policy, &why), -EINVAL);
	assert_non_null(strstr(why.text, "/list:2:3: prefix: '203.0.113.1/24' has host bits"));
	assert_int_equal(remove(list), 0);
	assert_int_equal(policy__read(scratch->path, &policy, &why), -ENOENT);
	assert_non_null(strstr(why.text, "/list: cannot open: No such file"));
}

/* Without a limit to the number of rules, or to the size. */
static void test_too_many(void **state)
{
	struct scratch *scratch = *state;
	struct policy policy;
	struct errmsg why = {};
	size_t bytes = 0;
	char *text;
	FILE *stream = open_memstream(&text, &bytes);

	fputs(V "protect:\n", stream);
	for (int i = 0; i <= POLICY_MAX_PROTECTS; i++)
		fprintf(stream, "- {name: r%d, victims: [192.0.2.1], above: 9/s, action: drop}\n",
			i);
	fclose(stream);
	store(scratch->path, text, bytes);
	free(text);
	assert_int_equal(policy__read(scratch->path, &policy, &why), -EINVAL);
	assert_non_null(strstr(why.text, ":131:3: more than 128 rules"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(rows),    SCRATCH_TEST(lists), SCRATCH_TEST(defaults),
		SCRATCH_TEST(protect), SCRATCH_TEST(files), SCRATCH_TEST(too_many),
	};

	return cmocka_run_group_tests_name("policy_parse", tests, NULL, NULL);
}
