// SPDX-License-Identifier: GPL-2.0-only
// pending: SYNs that wait to be counted in a table: of the last source, and of recent victims.
//
// The last source waits because, under a flood, its set misses every cache level, and the miss
// would dominate the cost per packet: it is counted when another source arrives, while its set is
// being fetched. Until then, the same source again costs no more than an addition. A flood has few
// victims, so each of them waits in a slot for SYNs that follow, until another victim needs it.
//
// Readers add what is pending. A SYN is pending in one place, and moves into its table only while
// the sequence is odd: a reader that sees both of them at rest sees it once.
#ifndef XDP_PENDING_BPF_H
#define XDP_PENDING_BPF_H

#include "common/abi/abi.h"
#include "common/abi/hash.h"
#include "xdp/table.bpf.h"

/**
 * pending__add() - one more SYN of the endpoint that is pending: it is all that has to be done
 *
 * Return: false if it is another endpoint, or there are too many.
 */
static __always_inline bool pending__add(struct table_query *pending, const struct endpoint *key)
{
	if (!endpoint__equal(&pending->key, key) || pending->count >= PENDING_MAX)
		return false;
	pending->count++;
	return true;
}

static __always_inline void pending__set(struct table_query *pending, const struct endpoint *key,
					 __u64 hash)
{
	pending->key = *key;
	pending->count = 1;
	pending->hash = hash;
}

#endif
