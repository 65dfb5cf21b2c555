// SPDX-License-Identifier: GPL-2.0-only
// runner: runs frames through a program under test, by the feeder or in this process on several
// CPUs, or by system calls, and measures the time per frame.
#ifndef COMMON_REPLAY_RUNNER_H
#define COMMON_REPLAY_RUNNER_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"

enum runner_kind { RUNNER_FEEDER, RUNNER_SYSCALL, RUNNER_HOST, RUNNER_AUTO };

extern const char *const runner_names[]; /* by enum runner_kind, ending with NULL */

#define RUNNER_MAX_WORKERS 256

struct runner_options {
	enum runner_kind kind; /* RUNNER_AUTO: the feeder if the kernel supports it */
	/* RUNNER_HOST: see runner_host__use_tables(); with a row for each worker. */
	struct dataplane *tables;
	__u32 workers;         /* number of CPUs, each with a batch; 0: one */
	__u32 repeat;          /* run each frame N times; 0: once */
	bool restore_head;     /* the program may move a packet's start */
	bool (*stopped)(void); /* asked between batches: true leaves out repeats; may be NULL */
};

/* The frames that were run, and their time without loading and reading the capture. */
struct runner_timing {
	enum runner_kind kind;
	__u32 workers;
	__u64 frames;             /* frames run, repeats included */
	__u64 packets_per_second; /* of all CPUs; 0: nothing was run */
	/* Time per frame, over batches. */
	double median_ns;
	double p99_ns;
	__u64 memory_bytes; /* of the batches */
	/* Of frames that were run by system calls; other engines do not see verdicts. */
	__u64 verdicts[VERDICT_COUNT];
};

struct runner;

/**
 * runner__open() - prepare to run frames through a program
 * @program_fd: the caller still owns it; not used by RUNNER_HOST
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int runner__open(int program_fd, const struct runner_options *options, struct runner **ret,
		 struct errmsg *why);

/** runner__kind() - the engine; where RUNNER_AUTO was requested, the one that was chosen. */
enum runner_kind runner__kind(const struct runner *runner);

/** runner__max_bytes() - the longest frame that this kernel, or this process, accepts. */
__u32 runner__max_bytes(const struct runner *runner);

/**
 * runner__frame() - run a frame, now or with a later batch
 * @bytes: TEST_RUN_MIN_BYTES to runner__max_bytes()
 *
 * A frame that is too long for the feeder is run at once, by a system call, and so before the batch
 * that is being filled.
 *
 * Return: 0, or a negative errno with @why set.
 */
int runner__frame(struct runner *runner, const __u8 *data, __u32 bytes, struct errmsg *why);

/**
 * runner__finish() - run the last batch, wait for all CPUs, and sum up
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int runner__finish(struct runner *runner, struct runner_timing *ret, struct errmsg *why);

/** runner__close() - free; NULL is fine. A batch that was not finished is not run. */
void runner__close(struct runner *runner);

#endif
