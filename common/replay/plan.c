// SPDX-License-Identifier: GPL-2.0-only
// plan: two policies over the same captures, and what the one changes of what the other does.
#include "common/replay/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/privileges.h"
#include "common/replay/capture_list.h"
#include "common/replay/plan_connections.h"

const char *const plan_challenge_names[] = {
	[PLAN_CHALLENGE_CAPTURED] = "captured",
	[PLAN_CHALLENGE_FAILS] = "fails",
	[PLAN_CHALLENGE_PASSES] = "passes",
	NULL,
};

struct plan {
	const struct plan_options *options;
	struct policy_run *runs[PLAN_SIDES];
	struct policy_run *parser;             /* without a policy: says what a frame is */
	struct capture_list *captures, *ahead; /* ahead: the same, to be read first; or NULL */
	struct plan_handshakes handshakes;     /* of the first of two readings */
	struct plan_connections connections;
	__u64 first_ns, latest_ns;
	struct plan_result result;
};

/* The frames' own clock. It does not go back, as the kernel's does not. */
static __u64 plan_now(struct plan *plan, __u64 timestamp_ns)
{
	if (!plan->result.frames)
		plan->first_ns = plan->latest_ns = timestamp_ns;
	if (timestamp_ns > plan->latest_ns)
		plan->latest_ns = timestamp_ns;
	return PLAN_START + (plan->latest_ns - plan->first_ns) / (NS_PER_S / PLAN_HZ);
}

static void totals__add(struct plan_totals *totals, const struct policy_outcome *outcome)
{
	const struct judgement *judgement = &outcome->judgement;

	totals->reasons[judgement->reason]++;
	if (judgement->rule)
		totals->rules[judgement->rule].matched++;
	if (judgement->shadow_rule)
		totals->rules[judgement->shadow_rule].shadow++;
}

static enum plan_kind kind_of(int verdict)
{
	return verdict == XDP_DROP ? PLAN_NEWLY_DROPPED
	       : verdict == XDP_TX ? PLAN_NEWLY_CHALLENGED
				   : PLAN_NEWLY_PASSED;
}

/* Notes a frame on which both differ. */
static int plan_compare(struct plan *plan, const struct policy_outcome outcomes[PLAN_SIDES],
			const struct capture_frame *frame)
{
	const struct policy_outcome *policy = &outcomes[PLAN_POLICY];
	const struct policy_outcome *against = &outcomes[PLAN_AGAINST];
	enum plan_kind kind = kind_of(policy->verdict);
	int is_new = 0;

	if (kind == kind_of(against->verdict))
		return 0;
	if (policy->frame.class == CLASS_SYN)
		is_new = plan_connections__add(&plan->connections, &policy->frame, frame->data,
					       frame->captured_bytes);
	if (is_new < 0)
		return is_new;
	return plan_change__add(&plan->result.changes[kind], &policy->frame.source,
				(kind == PLAN_NEWLY_PASSED ? against : policy)->judgement.rule,
				is_new);
}

static bool plan_passes_challenge(const struct plan *plan, const struct policy_outcome *outcome,
				  const struct capture_frame *frame)
{
	return plan->options->challenge == PLAN_CHALLENGE_PASSES ||
	       (plan->options->challenge == PLAN_CHALLENGE_CAPTURED && outcome->verdict == XDP_TX &&
		plan_handshakes__established(&plan->handshakes, &outcome->frame, frame->data,
					     frame->captured_bytes));
}

/* A visitor, of the last reading. */
static int plan_judge(void *context, struct capture_frame *frame, bool is_ethernet,
		      struct errmsg *why)
{
	struct policy_outcome outcomes[PLAN_SIDES];
	struct plan *plan = context;
	__u64 now;
	int err = 0;

	if (!is_ethernet) {
		plan->result.not_replayable++;
		return 0;
	}
	now = plan_now(plan, frame->timestamp_ns);

	for (int i = 0; !err && i < PLAN_SIDES; i++) {
		err = policy_run__frame(plan->runs[i], frame->data, frame->captured_bytes, now,
					&outcomes[i], why);
		if (!err && plan_passes_challenge(plan, &outcomes[i], frame))
			err = policy_run__pass_challenge(plan->runs[i], &outcomes[i], now, why);
		if (!err)
			totals__add(&plan->result.totals[i], &outcomes[i]);
	}
	plan->result.frames++;
	return err ?: plan_compare(plan, outcomes, frame);
}

/* A visitor, of the first of two readings. */
static int plan_look_ahead(void *context, struct capture_frame *frame, bool is_ethernet,
			   struct errmsg *why)
{
	struct policy_outcome outcome;
	struct plan *plan = context;
	int err;

	if (!is_ethernet)
		return 0;
	err = policy_run__frame(plan->parser, frame->data, frame->captured_bytes, 0, &outcome, why);

	return err
		       ?: plan_handshakes__add(&plan->handshakes, &outcome.frame, frame->data,
					       frame->captured_bytes);
}

static int plan_read(struct plan *plan, struct capture_list *captures, capture_visitor *visit,
		     struct errmsg *why)
{
	int err = capture_list__read(captures, visit, plan, plan->options->stopped, why);

	return err == -EINTR ? errmsg__set(why, -EINTR, "interrupted after %llu frames",
					   plan->result.frames)
			     : err;
}

/* A pipe is not opened twice. */
static int plan_open_captures(struct plan *plan, bool is_read_ahead, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	const char *only_once;
	int err =
		capture_list__open(options->captures, options->capture_count, &plan->captures, why);

	if (err || !is_read_ahead)
		return err;
	only_once = capture_list__only_once(plan->captures);
	if (only_once)
		return errmsg__set(
			why, -ESPIPE,
			"%s: what becomes of a challenged source stands later in it, and it can "
			"be read only once: use a file, or --challenge=fails or passes",
			only_once);
	return capture_list__open(options->captures, options->capture_count, &plan->ahead, why);
}

static int plan_open_runs(struct plan *plan, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	int err = 0;

	for (int i = 0; !err && i < PLAN_SIDES; i++)
		err = policy_run__open(options->engine, options->policies[i]->chunks,
				       options->policies[i]->chunk_count, options->max_prefixes,
				       &plan->runs[i], why);
	if (err || !plan->ahead)
		return err;
	return policy_run__open(POLICY_ENGINE_HOST, NULL, 0, 0, &plan->parser, why);
}

/* What needs privileges; none of the captures' content is read. */
static int plan_open(struct plan *plan, bool is_read_ahead, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	int err = plan_open_captures(plan, is_read_ahead, why);

	if (err)
		return err;
	err = plan_open_runs(plan, why);
	if (err)
		return err;
	return privileges__drop(
		options->engine == POLICY_ENGINE_HOST ? PRIVILEGES_NONE : PRIVILEGES_USE_BPF, why);
}

static void plan_close(struct plan *plan)
{
	capture_list__close(plan->captures);
	capture_list__close(plan->ahead);
	for (int i = 0; i < PLAN_SIDES; i++)
		policy_run__close(plan->runs[i]);
	policy_run__close(plan->parser);
	plan_handshakes__free(&plan->handshakes);
	plan_connections__free(&plan->connections);
}

int plan__run(const struct plan_options *options, struct plan_result *ret, struct errmsg *why)
{
	bool is_read_ahead = options->has_answers && options->challenge == PLAN_CHALLENGE_CAPTURED;
	struct plan plan = {.options = options};
	__u64 start_ns;
	int err;

	err = plan_open(&plan, is_read_ahead, why);
	start_ns = clock__now_ns();
	if (!err && is_read_ahead)
		err = plan_read(&plan, plan.ahead, plan_look_ahead, why);
	if (!err)
		err = plan_read(&plan, plan.captures, plan_judge, why);
	plan_close(&plan);
	if (err) {
		plan__free(&plan.result);
		return err;
	}
	for (int i = 0; i < PLAN_KINDS; i++)
		plan_change__sort(&plan.result.changes[i]);
	plan.result.span_ns = plan.latest_ns - plan.first_ns;
	plan.result.elapsed_ns = clock__now_ns() - start_ns;
	*ret = plan.result;
	return 0;
}

void plan__free(struct plan_result *result)
{
	for (int i = 0; i < PLAN_KINDS; i++)
		plan_change__free(&result->changes[i]);
}
