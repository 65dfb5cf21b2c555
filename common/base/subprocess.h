// SPDX-License-Identifier: GPL-2.0-only
// subprocess: another program, run to its end without a shell, and what it printed.
#ifndef COMMON_BASE_SUBPROCESS_H
#define COMMON_BASE_SUBPROCESS_H

/**
 * subprocess__run() - run a program and wait for it
 * @argv: the program, searched in PATH, and its arguments; ends with NULL
 * @ret_output: what it wrote to standard output and standard error, in one string to be freed with
 *		free(3); NULL to let it write where this program writes
 *
 * Signals that are blocked here are not blocked there.
 *
 * Return: its exit status (128 and the signal's number where one ended it) with *@ret_output set,
 * or a negative errno: -ENOENT where there is no such program.
 */
int subprocess__run(const char *const argv[], char **ret_output);

#endif
