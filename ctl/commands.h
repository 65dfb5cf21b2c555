// SPDX-License-Identifier: GPL-2.0-only
// commands: the subcommands of xdpctl and their options.
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include "common/base/cli.h"

extern const struct poptOption attach_options[];
extern const struct poptOption detach_options[];
extern const struct poptOption stats_options[];
extern const struct poptOption reset_options[];
extern const struct poptOption export_options[];
extern const struct poptOption top_options[];
extern const struct poptOption replay_options[];
extern const struct poptOption doctor_options[];
extern const struct poptOption inspect_options[];
extern const struct poptOption verify_options[];

int cmd_attach(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_detach(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_status(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_stats(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_reset(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_export(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_top(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_replay(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_doctor(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_inspect(const struct cli *cli, const char **operands, struct errmsg *why);
int cmd_verify(const struct cli *cli, const char **operands, struct errmsg *why);

#endif
