// SPDX-License-Identifier: GPL-2.0-only
// commands: pktgen's subcommands, each with its options.
#ifndef PKTGEN_COMMANDS_H
#define PKTGEN_COMMANDS_H

#include "common/base/cli.h"

#define SCHEMA 1 /* of all JSON; raised when a field changes its meaning or is removed */

extern const struct command list_command;
extern const struct command write_command;
extern const struct command send_command;
extern const struct command play_command;
extern const struct command bench_command;
extern const struct command connect_command;

#endif
