// SPDX-License-Identifier: GPL-2.0-only
// cmd_plan: `xdpctl plan`.
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/stop_signal.h"
#include "common/replay/plan.h"
#include "ctl/commands.h"
#include "ctl/policy/plan_output.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"
#include "ctl/render/view_options.h"

struct plan_arguments {
	const char *against;
	enum policy_engine engine;
	enum plan_challenge challenge;
	__u64 top;
	__u64 max_prefixes;
};

static const struct option_row plan_rows[] = {
	{OPTION_TEXT(struct plan_arguments, against), .name = "against", .argument = "POLICY",
	 .help = "compare with this policy file, or the policy of an interface, instead of none"},
	{OPTION_CHOICE(struct plan_arguments, engine), .name = "engine",
	 .words = policy_engine_names, .fallback = "host",
	 .help = "judge frames in this process, or in the kernel with a system call each"},
	{OPTION_CHOICE(struct plan_arguments, challenge), .name = "challenge",
	 .words = plan_challenge_names, .fallback = "captured",
	 .help = "assume that a challenged source passes, and is verified from then on, where a "
		 "capture shows that its connection was established; or that each fails or passes"},
	VIEW_OPTION_TOP(struct plan_arguments, top, "10", "10; with -j all", ALL_SOURCES),
	{OPTION_NUMBER(struct plan_arguments, max_prefixes), .name = "max-prefixes",
	 .argument = "N", .min = 1, .max = POLICY_MAX_MAX_PREFIXES, .fallback = "131072",
	 .help = "room for N prefixes of each family"},
	{},
};

/* One side of a plan, which is compiled. The names of rules are those of both policies. */
struct plan_input {
	const char *name; /* of a file or an interface */
	struct policy_names *names;
	struct compiled_policy compiled;
	bool has_answers; /* see policy__has_answers() */
};

static int plan_compile(const struct cli *cli, const struct policy *policy,
			const struct timed_prefixes *timed, struct plan_input *input,
			struct errmsg *why)
{
	const struct plan_arguments *arguments = cli->options;
	const struct policy_build build = {
		.timed = timed,
		.max_prefixes = arguments->max_prefixes,
		.hz = PLAN_HZ,
		.jiffies = PLAN_START,
	};
	int err = policy__compile(policy, &build, input->names, &input->compiled, why);

	input->has_answers = policy__has_answers(policy);
	return err ? errmsg__prefix(why, err, "%s: ", input->name) : 0;
}

static int plan_compile_file(const struct cli *cli, struct plan_input *input, struct errmsg *why)
{
	struct policy policy;
	int err;

	err = policy_file__read(cli, input->name, true, &policy, why);
	if (err)
		return err;
	err = plan_compile(cli, &policy, NULL, input, why);
	policy__free(&policy);
	return err;
}

/* What is listed by hand now holds for the whole capture, whose time is not that of the host. */
static int plan_compile_with_timed(const struct cli *cli, const struct policy_session *session,
				   const struct policy *policy, struct plan_input *input,
				   struct errmsg *why)
{
	struct timed_prefixes timed;
	int err;

	err = policy_store__timed(session->home.id, &timed, why);
	if (err)
		return err;
	timed_prefixes__expire(&timed, clock__wall_ns());
	for (size_t i = 0; i < timed.count; i++)
		timed.prefixes[i].until_ns = 0;
	err = plan_compile(cli, policy, &timed, input, why);
	timed_prefixes__free(&timed);
	return err;
}

/* A session_work: the policy that rules an interface. */
static int plan_compile_ruling(const struct cli *cli, struct policy_session *session,
			       const struct attachment *attachment, void *context,
			       struct errmsg *why)
{
	struct policy policy;
	int err;

	(void)attachment;
	err = policy_switch__read(&session->home, &policy, why);
	if (err < 0)
		return err;
	err = plan_compile_with_timed(cli, session, &policy, context, why);
	policy__free(&policy);
	return err;
}

/* No interface's name has a slash, so that a path always says which is meant. */
static bool is_policy_file(const char *name)
{
	return strchr(name, '/') || !access(name, F_OK);
}

static int plan_compile_against(const struct cli *cli, struct plan_input *input, struct errmsg *why)
{
	if (!input->name || is_policy_file(input->name)) {
		if (cli->netns)
			return errmsg__usage(
				why, "--netns is that of --against IFACE, which is not given");
		return input->name ? plan_compile_file(cli, input, why) : 0;
	}
	return session__read(cli, input->name, plan_compile_ruling, input, why);
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
	struct policy_names names = {};
	struct plan_input policy = {.name = operands[0], .names = &names};
	struct plan_input against = {.name = arguments->against, .names = &names};
	const struct plan_report header = {
		.files = {policy.name, against.name},
		.names = &names,
		.top = cli->json && !cli__given(cli, "top") ? ALL_SOURCES : arguments->top,
	};
	struct plan_options options = {
		.policies = {&policy.compiled, &against.compiled},
		.max_prefixes = arguments->max_prefixes,
		.engine = arguments->engine,
		.challenge = arguments->challenge,
		.captures = operands + 1,
		.capture_count = count_captures(operands + 1),
		.stopped = stop_signal__pending,
	};
	int err;

	err = plan_compile_file(cli, &policy, why);
	if (!err)
		err = plan_compile_against(cli, &against, why);
	options.has_answers = policy.has_answers || against.has_answers;
	if (!err)
		err = plan_and_report(cli, &options, &header, why);
	compiled_policy__free(&policy.compiled);
	compiled_policy__free(&against.compiled);
	return err;
}

const struct command plan_command = {
	.name = "plan",
	.operands = "POLICY CAPTURE...",
	.summary = "show what a policy file would change, frame by frame, in captures",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.options = plan_rows,
	.options_bytes = sizeof(struct plan_arguments),
	.run = run_plan,
};
