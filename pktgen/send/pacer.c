// SPDX-License-Identifier: GPL-2.0-only
// pacer: a token bucket that limits the rate of frames.
#include "pktgen/send/pacer.h"

#define TOKENS_PER_FRAME 1000000000ull /* one nanosecond at 1 frame/s adds one token */
#define DEPTH_PER_S 50                 /* a backlog of at most 1/50 s is caught up */
#define MAX_STEP_NS 1000000000ull      /* the product with rate_pps fits in 64 bits */

void pacer__start(struct pacer *pacer, __u64 rate_pps, __u64 now_ns)
{
	__u64 depth_frames = rate_pps / DEPTH_PER_S;

	*pacer = (struct pacer){
		.rate_pps = rate_pps,
		.depth = (depth_frames ? depth_frames : 1) * TOKENS_PER_FRAME,
		.last_ns = now_ns,
	};
}

__u64 pacer__allowance(struct pacer *pacer, __u64 now_ns)
{
	__u64 step_ns = now_ns - pacer->last_ns;

	if (!pacer->rate_pps)
		return ~0ull;
	pacer->last_ns = now_ns;
	pacer->tokens += (step_ns < MAX_STEP_NS ? step_ns : MAX_STEP_NS) * pacer->rate_pps;
	if (pacer->tokens > pacer->depth)
		pacer->tokens = pacer->depth;
	return pacer->tokens / TOKENS_PER_FRAME;
}

void pacer__spend(struct pacer *pacer, __u64 frames)
{
	if (pacer->rate_pps)
		pacer->tokens -= frames * TOKENS_PER_FRAME;
}

__u64 pacer__wait_ns(const struct pacer *pacer)
{
	if (!pacer->rate_pps || pacer->tokens >= TOKENS_PER_FRAME)
		return 0;
	return (TOKENS_PER_FRAME - pacer->tokens) / pacer->rate_pps + 1;
}
