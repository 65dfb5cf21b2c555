// SPDX-License-Identifier: GPL-2.0-only
// target: a program under test, its input, and whether its own counts agree with it.
#ifndef PERF_TARGET_H
#define PERF_TARGET_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "perf/rows.h"

struct target;

/* The counts that a program reports. */
struct target_counts {
	__u64 frames;     /* run */
	__u64 counted;    /* classified; only if it counts classes */
	__u64 syns;       /* this and the next two only if it counts sources */
	__u64 attributed; /* SYNs attributed to a source */
	__u64 failures;   /* SYNs for which the map had no free entry */
};

/**
 * target__open() - load a program with its own empty maps
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int target__open(const struct program_row *row, struct target **ret, struct errmsg *why);

int target__program_fd(const struct target *target);

/** target__note() - account for frames that were run; @class is CLASS_COUNT for a mixture. */
void target__note(struct target *target, __u64 frames, int class);

/** target__memory_bytes() - the memory of the program's maps by the kernel; 0: unknown. */
__u64 target__memory_bytes(const struct target *target);

/**
 * target__reconcile() - compare the counts with the frames that were run
 *
 * Return: 0 with *@ret set, or a negative errno with @why set: -EBADMSG if they differ.
 */
int target__reconcile(const struct target *target, struct target_counts *ret, struct errmsg *why);

/** target__close() - unload and free; NULL is fine. */
void target__close(struct target *target);

#endif
