// SPDX-License-Identifier: GPL-2.0-only
// plan: two policies over the same captures, and what the one changes of what the other does.
#ifndef COMMON_REPLAY_PLAN_H
#define COMMON_REPLAY_PLAN_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/policy/policy_compile.h"
#include "common/replay/plan_counts.h"
#include "common/replay/policy_run.h"

/* Jiffies a second of a plan's clock: as fine as any kernel's. */
#define PLAN_HZ 1000
#define PLAN_START (1ull << 32) /* the jiffy of the first frame */

enum plan_side { PLAN_POLICY, PLAN_AGAINST, PLAN_SIDES };

enum plan_kind { PLAN_NEWLY_DROPPED, PLAN_NEWLY_CHALLENGED, PLAN_NEWLY_PASSED, PLAN_KINDS };

/*
 * What becomes of a source that is challenged: a capture shows no answer of it. It passes where its
 * connection is established later in the captures; or always, or never.
 */
enum plan_challenge { PLAN_CHALLENGE_CAPTURED, PLAN_CHALLENGE_FAILS, PLAN_CHALLENGE_PASSES };

extern const char *const plan_challenge_names[]; /* by enum plan_challenge, ending with NULL */

struct plan_options {
	/* Both compiled with PLAN_HZ; without chunks: no policy, everything passes. */
	const struct compiled_policy *policies[PLAN_SIDES];
	__u32 max_prefixes;
	enum policy_engine engine;
	enum plan_challenge challenge;
	bool has_answers; /* a policy may challenge: PLAN_CHALLENGE_CAPTURED reads all twice */
	const char *const *captures; /* in the order of their time */
	size_t capture_count;
	bool (*stopped)(void); /* asked before each frame; may be NULL */
};

/* What a policy did. */
struct plan_totals {
	__u64 reasons[REASON_COUNT];
	struct rule_counters rules[POLICY_RULES];
};

struct plan_result {
	struct plan_change changes[PLAN_KINDS];
	struct plan_totals totals[PLAN_SIDES];
	__u64 frames;
	__u64 not_replayable; /* of link types without Ethernet frames */
	__u64 span_ns;        /* from the first frame to the latest one */
	__u64 elapsed_ns;     /* it took to read and judge them */
};

/**
 * plan__run() - judge every frame by both policies, at the frame's own time
 *
 * Captures are untrusted: before their content is read, the process irrevocably drops its
 * privileges (privileges__drop()).
 *
 * Return: 0 with *@ret to be freed by plan__free(), or a negative errno with @why set: a damaged
 * capture is refused, because a part of it may mislead.
 */
int plan__run(const struct plan_options *options, struct plan_result *ret, struct errmsg *why);

/** plan__free() - free what a result holds. */
void plan__free(struct plan_result *result);

#endif
