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
	ADVICE_LOAD_LOCKED,  /* the same, where BPF memory counts against RLIMIT_MEMLOCK */
	ADVICE_LOAD_OFFLOAD, /* the same, into a network device */
	ADVICE_ATTACH,       /* to an interface */
	ADVICE_OPEN_PROGRAM, /* by its id */
	ADVICE_ENABLE_STATS,
	ADVICE_ENTER_NETNS,
};

#define ADVICE_BYTES 256

/**
 * advice__find() - what to do about a failed call
 * @err: its negative errno
 * @reason: the kernel's words about it, which tell more than the errno; may be empty
 * @interface: the one that IFACE stands for in the advice; NULL: left for the user to fill in
 *
 * For EPERM the advice names the capabilities that this process lacks.
 *
 * Return: @buf; empty if there is no advice.
 */
const char *advice__find(enum advice_call call, int err, const char *reason, const char *interface,
			 char buf[ADVICE_BYTES]);

/**
 * advice__set() - set the reason of a failed call: "FORMAT: KERNEL'S REASON: ADVICE"
 * @err: its negative errno
 * @fmt: printf format of what failed, on which object
 *
 * Return: @err.
 */
int advice__set(struct errmsg *why, enum advice_call call, int err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
