// SPDX-License-Identifier: GPL-2.0-only
// errmsg: why a call failed, in one line for the user, filled in where the reason is known.
//
// Libraries here are silent: they return -errno and write the reason into the caller's errmsg;
// the program reports it once, at the end. One line says what, on which object, the kernel's own
// reason, and what to try.
#ifndef COMMON_BASE_ERRMSG_H
#define COMMON_BASE_ERRMSG_H

struct errmsg {
	int exit_code; /* EXIT_FAILED or EXIT_USAGE */
	char text[768];
};

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/**
 * errmsg__set() - say why something failed
 * @why: where to write; may be NULL
 * @err: the negative errno that the caller is about to return
 * @fmt: printf format of one line without the program's name and without a newline
 *
 * Return: @err, so that a failing path reads `return errmsg__set(why, -ENOENT, ...)`.
 */
int errmsg__set(struct errmsg *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * errmsg__prefix() - say on which object, in front of what was said
 *
 * Return: @err.
 */
int errmsg__prefix(struct errmsg *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** errmsg__remedy() - what helps against a refusal, to be appended: ": run as root", or "". */
const char *errmsg__remedy(int err);

/**
 * errmsg__usage() - say that the command line is wrong
 *
 * As errmsg__set(), for mistakes that end the program with EXIT_USAGE.
 *
 * Return: -EINVAL.
 */
int errmsg__usage(struct errmsg *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
