// SPDX-License-Identifier: GPL-2.0-only
// cmd_doctor: `xdpctl doctor`.
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "common/attach/attachment.h"
#include "ctl/commands.h"
#include "ctl/doctor/findings.h"
#include "ctl/doctor/selftest.h"
#include "ctl/render/format.h"

struct doctor_options {
	bool self_test;
	bool answer;
};

static const struct option_row doctor_options[] = {
	{OPTION_FLAG(struct doctor_options, self_test), .name = "self-test",
	 .help = "instead, compile, load, attach, run and unload a tiny BPF program"},
	{OPTION_FLAG(struct doctor_options, answer), .name = "answer", .without = "self-test",
	 .help = "instead, check whether a policy can answer SYNs on IFACE"},
	{},
};

static int check_interface(struct findings *findings, const char *interface,
			   const struct check *checks, struct errmsg *why)
{
	struct netdev netdev;
	int err = netdev__read(interface, &netdev, why);

	return err ?: findings__run(findings, checks, &netdev);
}

/* All interfaces of the namespace but loopback. */
static int check_interfaces(struct findings *findings, struct errmsg *why)
{
	struct if_nameindex *interfaces = if_nameindex();
	int err = 0;

	if (!interfaces)
		return errmsg__set(why, -errno, "listing interfaces: %s", strerror(errno));
	for (struct if_nameindex *i = interfaces; !err && i->if_index; i++)
		if (strcmp(i->if_name, "lo"))
			err = check_interface(findings, i->if_name, doctor_summary_checks, why);
	if_freenameindex(interfaces);
	return err;
}

static int check_all(struct findings *findings, const char *interface, struct errmsg *why)
{
	int err = interface ? netdev__index(interface, why) : 0;

	if (err < 0)
		return err;
	err = findings__run(findings, doctor_system_checks, NULL);
	if (err)
		return err;
	err = findings__run(findings, doctor_feature_checks, NULL);
	if (err)
		return err;
	return interface ? check_interface(findings, interface, doctor_device_checks, why)
			 : check_interfaces(findings, why);
}

static int report_findings(const struct cli *cli, const struct findings *findings,
			   struct errmsg *why)
{
	const struct doctor_options *options = cli->options;
	size_t problems = findings__count(findings, CHECK_PROBLEM);
	int err = 0;

	if (cli->json)
		err = cli__print_json(json_pack("{s:i, s:o}", "schema", JSON_SCHEMA,
						options->self_test ? "steps" : "checks",
						findings_to_json(findings)),
				      why);
	else
		print_findings(findings);
	if (err || !problems)
		return err;
	return errmsg__set(why, -ENOTRECOVERABLE, "%s: %zu problem%s",
			   options->self_test ? "self-test" : "doctor", problems,
			   problems == 1 ? "" : "s");
}

static int run_doctor(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct doctor_options *options = cli->options;
	struct findings findings = {};
	int err;

	if (options->self_test && operands[0])
		return errmsg__usage(why, "--self-test: unexpected operand '%s'", operands[0]);
	if (options->answer && !operands[0])
		return errmsg__usage(why, "--answer: name an interface");
	if (options->self_test)
		err = selftest__run(&findings);
	else if (options->answer)
		err = check_interface(&findings, operands[0], doctor_answer_checks, why);
	else
		err = check_all(&findings, operands[0], why);
	if (!err)
		err = report_findings(cli, &findings, why);
	findings__free(&findings);
	return err;
}

const struct command doctor_command = {
	.name = "doctor",
	.operands = "[IFACE]",
	.summary = "check whether this machine can run xdpctl, and what limits it",
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = doctor_options,
	.options_bytes = sizeof(struct doctor_options),
	.run = run_doctor,
};
