// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_trial: `xdpctl policy confirm`, `xdpctl policy revert` and `xdpctl policy off`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/elsewhere.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

/* Changes the policy, for the interfaces @ret. */
struct trial_step {
	int (*change)(struct policy_session *session, const struct attachment *attachment,
		      struct policy_members *ret, struct errmsg *why);
	const char *state; /* that it is in afterwards */
	bool for_all;      /* it holds for the interfaces of all network namespaces */
};

static int print_state(const struct cli *cli, const struct policy_session *session,
		       const struct policy_members *members, const struct elsewhere *elsewhere,
		       const char *state, struct errmsg *why)
{
	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:s, s:o, s:o, s:s}", "schema", JSON_SCHEMA,
						 "id", session->home.id, "interfaces",
						 members_to_json(members), "elsewhere",
						 elsewhere__to_json(elsewhere), "state", state),
				       why);
	members__print(members);
	printf(": policy %s\n", state);
	elsewhere__print(elsewhere);
	return 0;
}

/* A session_work. */
static int take_step(const struct cli *cli, struct policy_session *session,
		     const struct attachment *attachment, void *context, struct errmsg *why)
{
	const struct trial_step *step = context;
	struct elsewhere elsewhere = {};
	struct policy_members members;
	int err = step->change(session, attachment, &members, why);

	if (!err && step->for_all)
		err = elsewhere__find(session, &elsewhere, why);
	session__unlock(session);
	return err ? errmsg__prefix(why, err, "%s: ", attachment->interface)
		   : print_state(cli, session, &members, &elsewhere, step->state, why);
}

static int confirm_policy(struct policy_session *session, const struct attachment *attachment,
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
	struct trial_step step = {confirm_policy, "confirmed", .for_all = true};

	return session__run(cli, operands[0], take_step, &step, why);
}

static int revert_policy(struct policy_session *session, const struct attachment *attachment,
			 struct policy_members *ret, struct errmsg *why)
{
	int err = policy_switch__revert(&session->home, why);

	(void)attachment;
	return err ? err : session__members(session, ret, why);
}

static int run_policy_revert(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct trial_step step = {revert_policy, "reverted", .for_all = true};

	return session__run(cli, operands[0], take_step, &step, why);
}

/* The last interface that leaves takes the policy with it; others of it may have been moved to
 * another network namespace. */
static int off_policy(struct policy_session *session, const struct attachment *attachment,
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
	err = policy_pins__is_used(session->registry, session->home.id, why);
	if (err)
		return err < 0 ? err : policy_store__save_members(session->home.id, &members, why);
	err = policy_store__remove(session->home.id, why);
	return err ? err : policy_pins__remove(session->home.id, why);
}

static int run_policy_off(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct trial_step step = {off_policy, "off"};

	return session__run(cli, operands[0], take_step, &step, why);
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
