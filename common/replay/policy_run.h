// SPDX-License-Identifier: GPL-2.0-only
// policy_run: frames judged by a policy one after another, in the kernel or in this process, at
// their own time.
#ifndef COMMON_REPLAY_POLICY_RUN_H
#define COMMON_REPLAY_POLICY_RUN_H

#include "common/abi/policy.h"
#include "common/base/errmsg.h"
#include "common/replay/policy_host.h"

/* The same program: compiled for this process, or a system call for each frame. */
enum policy_engine { POLICY_ENGINE_HOST, POLICY_ENGINE_SYSCALL };

extern const char *const policy_engine_names[]; /* by enum policy_engine, ending with NULL */

struct policy_run;

/**
 * policy_run__open() - prepare to judge by a compiled policy
 * @chunks: stay the caller's; NULL: no policy, everything passes
 * @max_prefixes: of each family, as the policy was compiled for
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int policy_run__open(enum policy_engine engine, const struct policy_chunk *chunks, __u32 count,
		     __u32 max_prefixes, struct policy_run **ret, struct errmsg *why);

/**
 * policy_run__frame() - judge the next frame
 * @data: an Ethernet frame
 * @now: jiffies, never less than before
 *
 * Not from several threads at once. A frame that is too long for the kernel is cut; its headers
 * decide.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int policy_run__frame(struct policy_run *run, const __u8 *data, __u32 bytes, __u64 now,
		      struct policy_outcome *ret, struct errmsg *why);

/**
 * policy_run__pass_challenge() - the source of a frame proves its address, as a real client would
 * @outcome: of that frame
 *
 * For what was answered by a challenge or a reset; nothing happens for other frames.
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_run__pass_challenge(struct policy_run *run, const struct policy_outcome *outcome,
			       __u64 now, struct errmsg *why);

/** policy_run__close() - free; NULL is fine. */
void policy_run__close(struct policy_run *run);

#endif
