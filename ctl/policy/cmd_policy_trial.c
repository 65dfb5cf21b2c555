// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_trial: `xdpctl policy confirm`, `xdpctl policy revert` and `xdpctl policy off`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

/* What a command does with the policy of an interface, and for which interfaces: @ret. */
typedef int trial_step(struct policy_session *session, const struct attachment *attachment,
		       struct policy_members *ret, struct errmsg *why);

static int print_state(const struct cli *cli, const struct policy_session *session,
		       const struct policy_members *members, const char *state, struct errmsg *why)
{
	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:s, s:o, s:s}", "schema", JSON_SCHEMA,
						 "id", session->home.id, "interfaces",
						 members_to_json(members), "state", state),
				       why);
	for (size_t i = 0; i < members->count; i++)
		printf("%s%s", i ? ", " : "", UTF8_PRINTABLE(members->interfaces[i]));
	printf(": policy %s\n", state);
	return 0;
}

static int run_trial(const struct cli *cli, const char *interface, trial_step *step,
		     const char *state, struct errmsg *why)
{
	struct policy_members members;
	struct policy_session session;
	struct attachment attachment;
	int err;

	err = session__open(cli, &session, why);
	if (err)
		goto out;
	err = session__use_policy_of(&session, interface, &attachment, why);
	if (err)
		goto out;
	err = step(&session, &attachment, &members, why);
	if (err)
		errmsg__prefix(why, err, "%s: ", attachment.interface);
	else
		err = print_state(cli, &session, &members, state, why);
out:
	session__close(&session);
	return err;
}

static int confirm_step(struct policy_session *session, const struct attachment *attachment,
			struct policy_members *ret, struct errmsg *why)
{
	int err = policy_switch__confirm(&session->home, why);

	(void)attachment;
	if (!err)
		err = session__members(session, ret, why);
	return err ? err : policy_store__save_members(session->home.id, ret, why);
}

static int run_policy_confirm(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_trial(cli, operands[0], confirm_step, "confirmed", why);
}

static int revert_step(struct policy_session *session, const struct attachment *attachment,
		       struct policy_members *ret, struct errmsg *why)
{
	int err = policy_switch__revert(&session->home, why);

	(void)attachment;
	return err ? err : session__members(session, ret, why);
}

static int run_policy_revert(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_trial(cli, operands[0], revert_step, "reverted", why);
}

/* The last interface that leaves takes the policy with it. */
static int off_step(struct policy_session *session, const struct attachment *attachment,
		    struct policy_members *ret, struct errmsg *why)
{
	struct policy_members members;
	int err;

	*ret = (struct policy_members){.count = 1};
	memcpy(ret->interfaces[0], attachment->interface, IFNAMSIZ);
	err = session__disarm(session, attachment->interface, why);

	if (err)
		return err;
	err = session__members(session, &members, why);
	if (err)
		return err;
	if (members.count)
		return policy_store__save_members(session->home.id, &members, why);
	err = policy_store__remove(session->home.id, why);
	return err ? err : policy_pins__remove(session->home.id, why);
}

static int run_policy_off(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_trial(cli, operands[0], off_step, "off", why);
}

const struct command policy_confirm_command = {
	.name = "policy confirm",
	.operands = "IFACE",
	.summary = "keep the policy that is on trial on an interface",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_confirm,
};

const struct command policy_revert_command = {
	.name = "policy revert",
	.operands = "IFACE",
	.summary = "end the trial: return to the confirmed policy at once",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_revert,
};

const struct command policy_off_command = {
	.name = "policy off",
	.operands = "IFACE",
	.summary = "let every frame of an interface pass again",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_off,
};
