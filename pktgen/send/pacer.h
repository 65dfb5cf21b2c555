// SPDX-License-Identifier: GPL-2.0-only
// pacer: a token bucket that limits the rate of frames.
#ifndef PKTGEN_SEND_PACER_H
#define PKTGEN_SEND_PACER_H

#include <linux/types.h>

struct pacer {
	__u64 rate_pps; /* 0: no limit */
	__u64 tokens;   /* frames times 10^9 */
	__u64 depth;    /* the maximum of @tokens */
	__u64 last_ns;
};

/** pacer__start() - start with an empty bucket. */
void pacer__start(struct pacer *pacer, __u64 rate_pps, __u64 now_ns);

/** pacer__allowance() - the number of frames that may be sent now. */
__u64 pacer__allowance(struct pacer *pacer, __u64 now_ns);

/** pacer__spend() - account for @frames sent, at most the allowance. */
void pacer__spend(struct pacer *pacer, __u64 frames);

/** pacer__wait_ns() - the time until the next frame may be sent; 0: now. */
__u64 pacer__wait_ns(const struct pacer *pacer);

#endif
