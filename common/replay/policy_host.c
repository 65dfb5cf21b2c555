// SPDX-License-Identifier: GPL-2.0-only
// policy_host: a policy and its state in this process, and what it decides on frames.
#include "common/replay/policy_host.h"

#include <stdlib.h>
#include <string.h>

#include "common/abi/policy_lines.h"
#include "common/replay/runner_host.h"

/* No header ends beyond it, see OFFSET_MASK: the rest of a frame decides nothing. */
#define HEADERS_BYTES 16640

#define LINE_BYTES 64 /* of the cache, which rows are aligned to */

struct policy_host {
	struct policy_memory memory;
	struct verdict_counters counters;
	struct policy_line limit_lines[POLICY_DEFAULT_LIMIT_LINES];
	struct policy_line verified_lines[POLICY_DEFAULT_VERIFIED_LINES];
	struct attack_set attack_sets[POLICY_DEFAULT_ATTACK_SETS];
	/* A frame, behind two bytes that align its IP header, as drivers do (NET_IP_ALIGN). */
	__u8 aligned[2 + HEADERS_BYTES];
};

/* Fixed seeds: a capture is judged in the same way each time. */
static const struct policy_config host_config = {
	.seeds = {0x9e3779b97f4a7c15ull, 0xbf58476d1ce4e5b9ull, 0x94d049bb133111ebull,
		  0xd6e8feb86659fd93ull, 0xa0761d6478bd642full, 0xe7037ed1a0b428dbull},
	.limit_lines = POLICY_DEFAULT_LIMIT_LINES,
	.verified_lines = POLICY_DEFAULT_VERIFIED_LINES,
	.attack_sets = POLICY_DEFAULT_ATTACK_SETS,
};

struct policy_host *policy_host__open(const struct policy_chunk *chunks, __u32 count)
{
	struct policy_host *host = aligned_alloc(LINE_BYTES, sizeof(*host));

	if (!host)
		return NULL;
	memset(host, 0, sizeof(*host));
	host->memory = (struct policy_memory){
		.chunks = chunks,
		.chunk_count = count,
		.config = host_config,
		.limit_lines = host->limit_lines,
		.verified_lines = host->verified_lines,
		.attack_sets = host->attack_sets,
		.counters = &host->counters,
	};
	return host;
}

void policy_host__judge(struct policy_host *host, const __u8 *data, __u32 bytes, __u64 now,
			struct policy_outcome *ret)
{
	__u32 copied = bytes < HEADERS_BYTES ? bytes : HEADERS_BYTES;

	memcpy(host->aligned + 2, data, copied);
	host->counters.virtual_now = now;
	ret->verdict = runner_host__judge(&host->memory, host->aligned + 2, copied);
	ret->judgement = host->counters.last;
	ret->frame = host->counters.frame;
}

void policy_host__trust(struct policy_host *host, const struct endpoint *source, __u64 now,
			__u64 trust)
{
	__u64 hash = limit__hash(host_config.seeds, source);

	line__verify(&host->verified_lines[hash__scale(hash, host_config.verified_lines)],
		     bucket__tag(hash), now, trust);
}

void policy_host__close(struct policy_host *host)
{
	free(host);
}
