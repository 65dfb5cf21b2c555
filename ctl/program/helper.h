// SPDX-License-Identifier: GPL-2.0-only
// helper: commands that are programs of their own.
#ifndef CTL_PROGRAM_HELPER_H
#define CTL_PROGRAM_HELPER_H

#include "common/base/errmsg.h"

/**
 * helper__exec() - become the program that runs a command
 * @name: the program's, e.g. "xdpctl-export"
 * @command: for @why
 * @argv: the arguments of xdpctl, which the program gets unchanged
 *
 * It is next to xdpctl's executable, as built, or in ../libexec/xdpctl, as installed.
 *
 * Return: only on failure: a negative errno with @why set.
 */
int helper__exec(const char *name, const char *command, const char **argv, struct errmsg *why);

#endif
