// SPDX-License-Identifier: GPL-2.0-only
// target: a program under test, what it was given, and whether its own counts agree.
#ifndef PERF_TARGET_H
#define PERF_TARGET_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "perf/rows.h"

struct target;

/* What a program says it counted. */
struct books {
	__u64 frames;     /* run */
	__u64 counted;    /* classed; of programs that count classes */
	__u64 syns;       /* of programs that count sources: */
	__u64 attributed; /* SYNs that still stand at some source */
	__u64 failures;   /* SYNs that found no place */
};

/**
 * target__open() - load a program with empty maps of its own
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int target__open(const struct program_row *row, struct target **ret, struct errmsg *why);

int target__program_fd(const struct target *target);

/** target__note() - frames were run; @class is CLASS_COUNT where they are of several. */
void target__note(struct target *target, __u64 frames, int class);

/** target__memory_bytes() - what the program's maps take, as the kernel says; 0: unknown. */
__u64 target__memory_bytes(const struct target *target);

/**
 * target__balance() - compare what was counted with what was run
 *
 * Return: 0 with *@ret set, or a negative errno with @why set: -EBADMSG where they differ.
 */
int target__balance(const struct target *target, struct books *ret, struct errmsg *why);

/** target__close() - unload and free; NULL is fine. */
void target__close(struct target *target);

#endif
