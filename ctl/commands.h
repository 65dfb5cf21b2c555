// SPDX-License-Identifier: GPL-2.0-only
// commands: the subcommands of xdpctl and their options.
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include "common/base/cli.h"

extern const struct command attach_command;
extern const struct command detach_command;
extern const struct command status_command;
extern const struct command stats_command;
extern const struct command reset_command;
extern const struct command top_command;
extern const struct command export_command;
extern const struct command replay_command;
extern const struct command doctor_command;
extern const struct command inspect_command;
extern const struct command verify_command;
extern const struct command policy_check_command;
extern const struct command policy_apply_command;
extern const struct command policy_confirm_command;
extern const struct command policy_revert_command;
extern const struct command policy_show_command;
extern const struct command policy_off_command;
extern const struct command policy_deny_command;
extern const struct command policy_allow_command;
extern const struct command policy_undo_command;
extern const struct command policy_restore_command;
extern const struct command policy_why_command;
extern const struct command policy_trust_command;
extern const struct command plan_command;
extern const struct command events_check_command;
extern const struct command events_replay_command;
extern const struct command events_run_command;
extern const struct command events_follow_command;
extern const struct command events_test_command;
extern const struct command events_command;
extern const struct command evidence_record_command;
extern const struct command evidence_list_command;
extern const struct command evidence_show_command;
extern const struct command evidence_export_command;

#endif
