// SPDX-License-Identifier: GPL-2.0-only
// subprocess: run another program without a shell, and capture its output.
#ifndef COMMON_BASE_SUBPROCESS_H
#define COMMON_BASE_SUBPROCESS_H

/**
 * subprocess__run() - run a program and wait for it
 * @argv: the program, searched in PATH, and its arguments; ends with NULL
 * @ret_output: its standard output and standard error as one string, to be freed with free(3); NULL
 *		to inherit those of the caller
 *
 * The program starts without blocked signals.
 *
 * Return: its exit status (128 + N if signal N ended it) with *@ret_output set, or a negative
 *errno: -ENOENT if there is no such program.
 */
int subprocess__run(const char *const argv[], char **ret_output);

#endif
