// SPDX-License-Identifier: GPL-2.0-only
// pacer: a token bucket: how many frames may go now.
#ifndef PKTGEN_SEND_PACER_H
#define PKTGEN_SEND_PACER_H

#include <linux/types.h>

struct pacer {
	__u64 rate_pps; /* 0: no limit */
	__u64 tokens;   /* frames times 10^9 */
	__u64 depth;    /* the most that can be saved up */
	__u64 last_ns;
};

/** pacer__start() - an empty bucket. */
void pacer__start(struct pacer *pacer, __u64 rate_pps, __u64 now_ns);

/** pacer__allowance() - how many frames may go now. */
__u64 pacer__allowance(struct pacer *pacer, __u64 now_ns);

/** pacer__spend() - so many have gone, no more than were allowed. */
void pacer__spend(struct pacer *pacer, __u64 frames);

/** pacer__wait_ns() - how long until the next frame may go; 0: now. */
__u64 pacer__wait_ns(const struct pacer *pacer);

#endif
