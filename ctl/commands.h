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

#endif
