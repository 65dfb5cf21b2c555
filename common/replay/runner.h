// SPDX-License-Identifier: GPL-2.0-only
// runner: frames into a program under test, by the feeder on several CPUs or by system calls, and
// what a frame took.
#ifndef COMMON_REPLAY_RUNNER_H
#define COMMON_REPLAY_RUNNER_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"

enum engine_kind { ENGINE_FEEDER, ENGINE_SYSCALL, ENGINE_AUTO };

extern const char *const engine_names[]; /* by enum engine_kind, ending with NULL */

#define ENGINE_MAX_JOBS 256

struct engine_options {
	enum engine_kind kind; /* ENGINE_AUTO: the feeder where the kernel has what it needs */
	__u32 jobs;            /* CPUs to spread over, each with a feeder; 0: one */
	__u32 repeat;          /* run every frame so many times; 0: once */
	bool restore_head;     /* the program may move a packet's start */
};

/* What was run, and how long it took; loading and reading the capture apart. */
struct engine_timing {
	enum engine_kind kind;
	__u32 jobs;
	__u64 frames;             /* frames run, repeats included */
	__u64 packets_per_second; /* all CPUs together; 0: nothing was run */
	/* What a frame took, over batches of many. */
	double median_ns;
	double p99_ns;
	__u64 memory_bytes; /* what the engine's buffers take */
	/* Of frames that were run by system calls; the feeder does not see its program's. */
	__u64 verdicts[VERDICT_COUNT];
};

struct engine;

/**
 * engine__open() - prepare to run frames through a program
 * @program_fd: stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int engine__open(int program_fd, const struct engine_options *options, struct engine **ret,
		 struct errmsg *why);

/** engine__max_bytes() - the longest frame that this kernel takes. */
__u32 engine__max_bytes(const struct engine *engine);

/**
 * engine__frame() - run a frame, now or with a later batch
 * @bytes: TEST_RUN_MIN_BYTES to engine__max_bytes()
 *
 * Frames that are longer than the feeder takes are run by a system call each, before the batch
 * that is being gathered.
 *
 * Return: 0, or a negative errno with @why set.
 */
int engine__frame(struct engine *engine, const __u8 *data, __u32 bytes, struct errmsg *why);

/**
 * engine__finish() - run what is left, wait for all CPUs, and sum up
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int engine__finish(struct engine *engine, struct engine_timing *ret, struct errmsg *why);

/** engine__close() - free; NULL is fine. Frames that were not finished are not run. */
void engine__close(struct engine *engine);

#endif
