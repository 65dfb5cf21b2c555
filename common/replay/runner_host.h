// SPDX-License-Identifier: GPL-2.0-only
// runner_host: the dataplane's program compiled for the host, and batches of frames to run.
#ifndef COMMON_REPLAY_RUNNER_HOST_H
#define COMMON_REPLAY_RUNNER_HOST_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/policy.h"
#include "common/dataplane/dataplane.h"

#define RUNNER_HOST_DESCRIBED 512

/* One CPU of the program: a batch of frames, and the thread that runs it. */
struct runner_host;

/**
 * runner_host__use_tables() - let the program count into these tables from now on
 * @tables: from dataplane__in_process(); they also say whether it counts pairs. The caller still
 *	    owns them, and closes them after the last run.
 *
 * A program has its maps in global variables, so there is one in a process.
 */
void runner_host__use_tables(struct dataplane *tables);

/**
 * runner_host__open() - an empty batch
 * @cpu: the row of the tables that its frames are counted in; no other thread may run with it
 *
 * Return: it, owned by the caller, or NULL without memory.
 */
struct runner_host *runner_host__open(__u32 cpu);

/**
 * runner_host__add() - append a copy of a frame
 * @bytes: at most runner_host__max_bytes()
 *
 * Return: false if the batch is full: run, clear, and add it again.
 */
bool runner_host__add(struct runner_host *host, const __u8 *data, __u32 bytes);

/** runner_host__max_bytes() - the longest frame that a batch can hold. */
__u32 runner_host__max_bytes(void);

/** runner_host__count() - the number of frames that were added since the last clear. */
__u32 runner_host__count(const struct runner_host *host);

/** runner_host__clear() - remove all frames. */
void runner_host__clear(struct runner_host *host);

/**
 * runner_host__run() - run all frames, @loops times
 *
 * Return: the average CPU time per frame in ns; like the kernel's engines, without the time that
 * other threads took from this one.
 */
double runner_host__run(const struct runner_host *host, __u32 loops);

/* A policy in memory, and its state. */
struct policy_memory {
	const struct policy_chunk *chunks; /* NULL: no policy */
	__u32 chunk_count;
	struct policy_config config; /* of these: */
	struct policy_line *limit_lines, *verified_lines;
	struct attack_set *attack_sets;
	struct verdict_counters *counters; /* of one CPU; its virtual_now is the time */
};

/**
 * runner_host__judge() - let the program decide on a frame, without counting it otherwise
 * @data: two bytes behind a multiple of four, as drivers place frames
 *
 * The judgement is the last one of the counters. Not from several threads at once.
 *
 * Return: the verdict.
 */
int runner_host__judge(const struct policy_memory *memory, const __u8 *data, __u32 bytes);

/**
 * runner_host__describe() - the class and both ends of a frame, as the program sees them
 * @data: at any address; bytes after the first RUNNER_HOST_DESCRIBED are not looked at
 * @raw: it starts with its IP header
 * @ret_source, @ret_victim: sender and receiver; family 0: it has no address
 */
enum frame_class runner_host__describe(const __u8 *data, __u32 bytes, bool raw,
				       struct endpoint *ret_source, struct endpoint *ret_victim);

/** runner_host__memory_bytes() - the memory of a batch. */
__u64 runner_host__memory_bytes(void);

/** runner_host__close() - free; NULL is fine. */
void runner_host__close(struct runner_host *host);

#endif
