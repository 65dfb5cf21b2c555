// SPDX-License-Identifier: GPL-2.0-only
// errmsg: why a call failed, in one line for the user.
#include "common/base/errmsg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void set(struct errmsg *why, int exit_code,
						      const char *fmt, va_list args)
{
	if (!why)
		return;
	why->exit_code = exit_code;
	vsnprintf(why->text, sizeof(why->text), fmt, args);
}

int errmsg__set(struct errmsg *why, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(why, EXIT_FAILED, fmt, args);
	va_end(args);
	return err;
}

int errmsg__prefix(struct errmsg *why, int err, const char *fmt, ...)
{
	struct errmsg said;
	size_t length;
	va_list args;

	if (!why)
		return err;
	said = *why;
	va_start(args, fmt);
	set(why, said.exit_code, fmt, args);
	va_end(args);
	length = strlen(why->text);
	snprintf(why->text + length, sizeof(why->text) - length, "%s",
		 said.text[0] ? said.text : strerror(-err));
	return err;
}

int errmsg__usage(struct errmsg *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(why, EXIT_USAGE, fmt, args);
	va_end(args);
	return -EINVAL;
}
