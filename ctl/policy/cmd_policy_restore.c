// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_restore: `xdpctl policy restore`.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/answer_notes.h"
#include "ctl/policy/cookie_notes.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

struct restoring {
	const struct cli *cli;
	struct policy_session *session;
	const char *interface; /* the one to restore; IFNAMSIZ bytes */
	bool found;
};

/* The maps are there if another interface of the policy was restored before. */
static int open_or_restore(struct policy_session *session, const char *id, __u32 max_prefixes,
			   struct errmsg *why)
{
	char path[POLICY_PINS_PATH_BYTES];
	int err;

	if (!access(policy_pins__path(id, path), F_OK))
		return session__use(session, id, why);
	err = session__create(session, id, max_prefixes, why);
	if (err)
		return err;
	err = policy_switch__restore(&session->home, why);
	if (err)
		policy_pins__remove(id, NULL);
	return err;
}

/* Called for each policy on the disk; one that cannot be read is not of this interface. */
static int try_policy(void *context, const char *id, struct errmsg *why)
{
	struct restoring *restoring = context;
	struct policy_members members;
	int err;

	if (restoring->found || policy_store__members(id, &members, NULL) ||
	    !members.in_host_netns || !policy_members__has(&members, restoring->interface))
		return 0;
	restoring->found = true;
	err = open_or_restore(restoring->session, id, members.max_prefixes, why);
	return err ? err : session__arm(restoring->session, restoring->interface, why);
}

/* What it does not answer, after a boot as after 'policy apply'. */
static int note_answers(const struct restoring *restoring, struct errmsg *why)
{
	struct policy_members restored = {.count = 1};
	struct answer_notes notes;
	struct policy policy;
	int err = policy_switch__read(&restoring->session->home, &policy, why);

	if (err < 0)
		return err;
	memcpy(restored.interfaces[0], restoring->interface, IFNAMSIZ);
	err = 0;
	if (policy__has_answers(&policy))
		err = answer_notes__take(restoring->session, &restored, &notes, why);
	if (!err && policy__has_answers(&policy)) {
		answer_notes__print(&notes, restoring->cli);
		cookie_notes__print(&policy, restoring->cli);
	}
	policy__free(&policy);
	return err;
}

static int restore_one(void *opaque, const char *interface, struct errmsg *why)
{
	struct policy_session session;
	struct restoring restoring = {.cli = opaque, .session = &session};
	struct attachment attachment;
	int err;

	err = session__open(restoring.cli, &session, why);
	if (err)
		goto out;
	err = session__find(&session, interface, &attachment, why);
	if (err || attachment.record.policy[0])
		goto out;
	restoring.interface = attachment.interface;
	err = policy_store__each(try_policy, &restoring, why);
	if (!err && restoring.found)
		err = note_answers(&restoring, why);
	session__unlock(&session);
	if (err)
		errmsg__prefix(why, err, "%s: policy restore: ", attachment.interface);
	else if (restoring.found)
		printf("%s: policy %s restored\n", UTF8_PRINTABLE(attachment.interface),
		       session.home.id);
out:
	session__close(&session);
	return err;
}

static int run_policy_restore(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return cli__each(cli, operands, restore_one, (void *)cli, why);
}

const struct command policy_restore_command = {
	.name = "policy restore",
	.operands = "IFACE...",
	.summary = "put the confirmed policies of interfaces in force again, after a boot",
	.min_operands = 1,
	.max_operands = -1,
	.takes = TAKES_NETNS,
	.run = run_policy_restore,
};
