// SPDX-License-Identifier: GPL-2.0-only
// commands: the commands and options of main.c's table.
#ifndef PKTGEN_COMMANDS_H
#define PKTGEN_COMMANDS_H

#include "common/base/cli.h"

#define SCHEMA 1 /* of all JSON; raised when a field changes its meaning or is removed */

int cmd_list(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_write(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_send(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_play(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_bench(const struct cli *cli, const char **operands, struct errmsg *why);

extern const struct poptOption write_options[], send_options[], play_options[], bench_options[];

#endif
