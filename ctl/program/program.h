// SPDX-License-Identifier: GPL-2.0-only
// program: what xdpctl and its helpers have in common: their name, and what precedes each command.
#ifndef CTL_PROGRAM_PROGRAM_H
#define CTL_PROGRAM_PROGRAM_H

#include "common/base/cli.h"

/**
 * program__main() - be xdpctl, with these commands
 * @commands: ends with NULL
 *
 * Return: the exit code.
 */
int program__main(const struct command *const *commands, int argc, const char **argv);

#endif
