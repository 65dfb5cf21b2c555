// SPDX-License-Identifier: GPL-2.0-only
// advice: what to do about a failed call, by the call and its errno.
#ifndef COMMON_BASE_ADVICE_H
#define COMMON_BASE_ADVICE_H

#include "common/base/errmsg.h"

/* Calls that fail for a reason that the user can remove. */
enum advice_call {
	ADVICE_OPEN_PIN,
	ADVICE_PIN,
	ADVICE_MAKE_DIRECTORY, /* below bpffs */
	ADVICE_OPEN_DIRECTORY,
	ADVICE_MOUNT_BPFFS,
	ADVICE_LOAD,         /* a program or a map */
	ADVICE_OPEN_PROGRAM, /* by its id */
	ADVICE_ENABLE_STATS,
};

/**
 * advice__set() - set the reason of a failed call: "FORMAT: KERNEL'S REASON: ADVICE"
 * @err: its negative errno
 * @fmt: printf format of what failed, on which object
 *
 * For EPERM the advice names the capabilities that this process lacks.
 *
 * Return: @err.
 */
int advice__set(struct errmsg *why, enum advice_call call, int err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
