// SPDX-License-Identifier: GPL-2.0-only
// errmsg: why a call failed, in one line for the user.
//
// Libraries print nothing: they return -errno and set the caller's errmsg; the program reports it
// once, at the end. The line says what failed, on which object, the kernel's reason, and what to
// do.
#ifndef COMMON_BASE_ERRMSG_H
#define COMMON_BASE_ERRMSG_H

struct errmsg {
	int exit_code; /* EXIT_FAILED or EXIT_USAGE */
	char text[768];
};

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/**
 * errmsg__set() - set the reason of a failure
 * @why: where to write; may be NULL
 * @err: the negative errno that the caller is about to return
 * @fmt: printf format of one line without the program's name and without a newline
 *
 * Return: @err, so that a failing path reads `return errmsg__set(why, -ENOENT, ...)`.
 */
int errmsg__set(struct errmsg *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * errmsg__prefix() - put the object of the failure in front of the text
 *
 * Where no text was set, for want of memory for example, that of @err follows.
 *
 * Return: @err.
 */
int errmsg__prefix(struct errmsg *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * errmsg__usage() - as errmsg__set(), for a wrong command line (EXIT_USAGE)
 *
 * Return: -EINVAL.
 */
int errmsg__usage(struct errmsg *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
