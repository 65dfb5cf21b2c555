// SPDX-License-Identifier: GPL-2.0-only
// main: xdpctl's table of commands.
#include <stddef.h>

#include "ctl/commands.h"
#include "ctl/program/program.h"

static const struct command *const commands[] = {
	&attach_command,
	&detach_command,
	&status_command,
	&stats_command,
	&reset_command,
	&top_command,
	&export_command,
	&replay_command,
	&doctor_command,
	&inspect_command,
	&verify_command,
	&policy_check_command,
	&policy_apply_command,
	&policy_confirm_command,
	&policy_revert_command,
	&policy_show_command,
	&policy_off_command,
	&policy_deny_command,
	&policy_allow_command,
	&policy_undo_command,
	&policy_restore_command,
	&policy_why_command,
	&policy_trust_command,
	&plan_command,
	&events_check_command,
	&events_replay_command,
	&events_run_command,
	&events_follow_command,
	&events_test_command,
	&events_command,
	&evidence_record_command,
	&evidence_list_command,
	&evidence_show_command,
	&evidence_export_command,
	NULL,
};

int main(int argc, const char **argv)
{
	return program__main(commands, argc, argv);
}
