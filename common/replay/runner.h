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

enum runner_kind { RUNNER_FEEDER, RUNNER_SYSCALL, RUNNER_AUTO };

extern const char *const runner_names[]; /* by enum runner_kind, ending with NULL */

#define RUNNER_MAX_WORKERS 256

struct runner_options {
	enum runner_kind kind; /* RUNNER_AUTO: the feeder where the kernel has what it needs */
	__u32 workers;         /* CPUs to spread over, each with a feeder; 0: one */
	__u32 repeat;          /* run every frame so many times; 0: once */
	bool restore_head;     /* the program may move a packet's start */
};

/* What was run, and how long it took; loading and reading the capture apart. */
struct runner_timing {
	enum runner_kind kind;
	__u32 workers;
	__u64 frames;             /* frames run, repeats included */
	__u64 packets_per_second; /* all CPUs together; 0: nothing was run */
	/* What a frame took, over batches of many. */
	double median_ns;
	double p99_ns;
	__u64 memory_bytes; /* what the engine's buffers take */
	/* Of frames that were run by system calls; the feeder does not see its program's. */
	__u64 verdicts[VERDICT_COUNT];
};

struct runner;

/**
 * runner__open() - prepare to run frames through a program
 * @program_fd: stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int runner__open(int program_fd, const struct runner_options *options, struct runner **ret,
		 struct errmsg *why);

/** runner__max_bytes() - the longest frame that this kernel takes. */
__u32 runner__max_bytes(const struct runner *runner);

/**
 * runner__frame() - run a frame, now or with a later batch
 * @bytes: TEST_RUN_MIN_BYTES to runner__max_bytes()
 *
 * Frames that are longer than the feeder takes are run by a system call each, before the batch
 * that is being gathered.
 *
 * Return: 0, or a negative errno with @why set.
 */
int runner__frame(struct runner *runner, const __u8 *data, __u32 bytes, struct errmsg *why);

/**
 * runner__finish() - run what is left, wait for all CPUs, and sum up
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int runner__finish(struct runner *runner, struct runner_timing *ret, struct errmsg *why);

/** runner__close() - free; NULL is fine. Frames that were not finished are not run. */
void runner__close(struct runner *runner);

#endif
