// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_check: `xdpctl policy check`.
#include <stdio.h>

#include "common/base/utf8.h"
#include "common/policy/policy_compile.h"
#include "ctl/commands.h"
#include "ctl/policy/policy_output.h"
#include "ctl/render/format.h"

#define USUAL_HZ 250 /* a kernel with another tells at `policy apply` what it cannot measure */

struct check_options {
	bool no_management;
	__u64 max_prefixes;
};

static const struct option_row check_options[] = {
	{OPTION_FLAG(struct check_options, no_management), .name = "no-management",
	 .help = "accept rules that drop without any management network"},
	{OPTION_NUMBER(struct check_options, max_prefixes), .name = "max-prefixes", .argument = "N",
	 .min = 1, .max = POLICY_MAX_MAX_PREFIXES, .fallback = "131072",
	 .help = "room for N prefixes of each family"},
	{},
};

static int print_check_json(const struct policy *policy, const struct policy_text *text,
			    const struct compiled_policy *compiled, struct errmsg *why)
{
	json_t *document = json_loadb(text->text, text->bytes, 0, NULL);

	return cli__print_json(json_pack("{s:i, s:o, s:o, s:I, s:I, s:o, s:o?}", "schema",
					 JSON_SCHEMA, "file", utf8__json(policy->files[0]),
					 "digest", digest_to_json(text->digest), "ipv4_prefixes",
					 (json_int_t)compiled->ipv4_prefixes, "ipv6_prefixes",
					 (json_int_t)compiled->ipv6_prefixes, "entries",
					 policy__summary_to_json(policy), "policy", document),
			       why);
}

static int report_check(const struct cli *cli, const struct policy *policy,
			const struct compiled_policy *compiled, struct errmsg *why)
{
	struct policy_text text;
	int err;

	if (!cli->json) {
		printf("%s: ok, %zu IPv4 and %zu IPv6 prefixes\n", UTF8_PRINTABLE(policy->files[0]),
		       compiled->ipv4_prefixes, compiled->ipv6_prefixes);
		policy__print_summary(policy);
		return 0;
	}
	err = policy_text__write(policy, &text);
	if (err)
		return err;
	err = print_check_json(policy, &text, compiled, why);
	policy_text__free(&text);
	return err;
}

static int run_policy_check(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct check_options *options = cli->options;
	struct policy_build build = {.max_prefixes = options->max_prefixes, .hz = USUAL_HZ};
	struct compiled_policy compiled;
	struct policy_names names = {};
	struct policy policy;
	int err;

	err = policy_file__read(cli, operands[0], options->no_management, &policy, why);
	if (err)
		return err;
	err = policy__compile(&policy, &build, &names, &compiled, why);
	if (err) {
		errmsg__prefix(why, err, "%s: ", operands[0]);
	} else {
		err = report_check(cli, &policy, &compiled, why);
		compiled_policy__free(&compiled);
	}
	policy__free(&policy);
	return err;
}

const struct command policy_check_command = {
	.name = "policy check",
	.operands = "FILE",
	.summary = "read a policy file, and say what is wrong with it",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON,
	.options = check_options,
	.options_bytes = sizeof(struct check_options),
	.run = run_policy_check,
};
