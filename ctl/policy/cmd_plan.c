// SPDX-License-Identifier: GPL-2.0-only
// cmd_plan: `xdpctl plan`.
#include "common/base/stop_signal.h"
#include "common/replay/plan.h"
#include "ctl/commands.h"
#include "ctl/policy/plan_output.h"
#include "ctl/policy/policy_output.h"
#include "ctl/render/format.h"
#include "ctl/render/view_options.h"

struct plan_arguments {
	const char *against;
	enum policy_engine engine;
	__u64 top;
	__u64 max_prefixes;
};

static const struct option_row plan_rows[] = {
	{OPTION_TEXT(struct plan_arguments, against), .name = "against", .argument = "POLICY",
	 .help = "compare with this policy file instead of none"},
	{OPTION_CHOICE(struct plan_arguments, engine), .name = "engine",
	 .words = policy_engine_names, .fallback = "host",
	 .help = "judge frames in this process, or in the kernel with a system call each"},
	VIEW_OPTION_TOP(struct plan_arguments, top, "10", "10; with -j all", ALL_SOURCES),
	{OPTION_NUMBER(struct plan_arguments, max_prefixes), .name = "max-prefixes",
	 .argument = "N", .min = 1, .max = POLICY_MAX_MAX_PREFIXES, .fallback = "131072",
	 .help = "room for N prefixes of each family"},
	{},
};

/* Reads and compiles a policy file. The names of rules are those of both policies. */
static int plan_compile(const struct cli *cli, const char *path, struct policy_names *names,
			struct compiled_policy *ret, struct errmsg *why)
{
	const struct plan_arguments *arguments = cli->options;
	const struct policy_build build = {
		.max_prefixes = arguments->max_prefixes, .hz = PLAN_HZ, .jiffies = PLAN_START};
	struct policy policy;
	int err;

	err = policy_file__read(cli, path, true, &policy, why);
	if (err)
		return err;
	err = policy__compile(&policy, &build, names, ret, why);
	policy__free(&policy);
	return err ? errmsg__prefix(why, err, "%s: ", path) : 0;
}

static size_t count_captures(const char **operands)
{
	size_t count = 0;

	while (operands[count])
		count++;
	return count;
}

static int plan_and_report(const struct cli *cli, const struct plan_options *options,
			   const struct plan_report *header, struct errmsg *why)
{
	struct plan_report report = *header;
	struct plan_result result;
	int err;

	stop_signal__catch();
	err = plan__run(options, &result, why);
	stop_signal__release();
	if (err)
		return err;
	report.options = options;
	report.result = &result;
	if (cli->json)
		err = cli__print_json(plan_to_json(&report), why);
	else
		plan__print(&report);
	plan__free(&result);
	return err;
}

static int run_plan(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct plan_arguments *arguments = cli->options;
	struct compiled_policy policy = {}, against = {};
	struct policy_names names = {};
	const struct plan_report header = {
		.files = {operands[0], arguments->against},
		.names = &names,
		.top = cli->json && !cli__given(cli, "top") ? ALL_SOURCES : arguments->top,
	};
	const struct plan_options options = {
		.policies = {&policy, &against},
		.max_prefixes = arguments->max_prefixes,
		.engine = arguments->engine,
		.captures = operands + 1,
		.capture_count = count_captures(operands + 1),
		.stopped = stop_signal__pending,
	};
	int err;

	err = plan_compile(cli, operands[0], &names, &policy, why);
	if (!err && arguments->against)
		err = plan_compile(cli, arguments->against, &names, &against, why);
	if (!err)
		err = plan_and_report(cli, &options, &header, why);
	compiled_policy__free(&policy);
	compiled_policy__free(&against);
	return err;
}

const struct command plan_command = {
	.name = "plan",
	.operands = "POLICY CAPTURE...",
	.summary = "show what a policy file would change, frame by frame, in captures",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON,
	.options = plan_rows,
	.options_bytes = sizeof(struct plan_arguments),
	.run = run_plan,
};
