// SPDX-License-Identifier: GPL-2.0-only
// policy_host: a policy and its state in this process, and what it decides on frames.
#ifndef COMMON_REPLAY_POLICY_HOST_H
#define COMMON_REPLAY_POLICY_HOST_H

#include "common/abi/policy.h"

/* What came of a frame. */
struct policy_outcome {
	int verdict; /* enum xdp_action */
	struct judgement judgement;
	struct judged_frame frame; /* without a family if it has no IP header */
};

struct policy_host;

/**
 * policy_host__open() - a policy that has not seen a frame
 * @chunks: stay the caller's; NULL: no policy, everything passes
 *
 * Return: it, or NULL without memory.
 */
struct policy_host *policy_host__open(const struct policy_chunk *chunks, __u32 count);

/**
 * policy_host__judge() - decide on the next frame
 * @data: starts with an Ethernet header
 * @now: jiffies, never less than before
 *
 * Not from several threads at once.
 */
void policy_host__judge(struct policy_host *host, const __u8 *data, __u32 bytes, __u64 now,
			struct policy_outcome *ret);

/** policy_host__trust() - a source proves its address; both times are in jiffies. */
void policy_host__trust(struct policy_host *host, const struct endpoint *source, __u64 now,
			__u64 trust);

/** policy_host__close() - free; NULL is fine. */
void policy_host__close(struct policy_host *host);

#endif
