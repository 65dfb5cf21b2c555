// SPDX-License-Identifier: GPL-2.0-only
// plan: two policies over the same captures, and what the one changes of what the other does.
#include "common/replay/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/privileges.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"

const char *const plan_challenge_names[] = {
	[PLAN_CHALLENGE_FAILS] = "fails",
	[PLAN_CHALLENGE_PASSES] = "passes",
	NULL,
};

struct plan {
	const struct plan_options *options;
	struct policy_run *runs[PLAN_SIDES];
	FILE **files; /* until a capture owns them */
	struct plan_connections connections;
	__u8 *wrapped; /* buffer for a frame that gets an Ethernet header */
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

static int plan_judge(struct plan *plan, const struct capture_frame *frame, struct errmsg *why)
{
	__u64 now = plan_now(plan, frame->timestamp_ns);
	struct policy_outcome outcomes[PLAN_SIDES];
	int err = 0;

	for (int i = 0; !err && i < PLAN_SIDES; i++) {
		err = policy_run__frame(plan->runs[i], frame->data, frame->captured_bytes, now,
					&outcomes[i], why);
		if (!err && plan->options->challenge == PLAN_CHALLENGE_PASSES)
			err = policy_run__pass_challenge(plan->runs[i], &outcomes[i], now, why);
		if (!err)
			totals__add(&plan->result.totals[i], &outcomes[i]);
	}
	plan->result.frames++;
	return err ?: plan_compare(plan, outcomes, frame);
}

/* Return: false if a frame cannot be turned into an Ethernet frame. */
static bool plan_make_ethernet(struct plan *plan, struct capture_frame *frame)
{
	int bytes;

	if (frame->linktype == LINKTYPE_ETHERNET)
		return true;
	if (!linktype__can_rewrap(frame->linktype) ||
	    frame->captured_bytes > CAPTURE_FRAME_MAX_BYTES)
		return false;
	bytes = linktype__rewrap(frame->linktype, frame->data, frame->captured_bytes,
				 plan->wrapped);
	if (bytes < 0)
		return false;
	frame->data = plan->wrapped;
	frame->captured_bytes = bytes;
	return true;
}

static int plan_read(struct plan *plan, struct capture *capture, struct errmsg *why)
{
	bool (*stopped)(void) = plan->options->stopped;
	struct capture_frame frame;
	int more;

	while ((more = capture__next(capture, &frame, why)) > 0) {
		int err = 0;

		if (stopped && stopped())
			return errmsg__set(why, -EINTR, "interrupted after %llu frames",
					   plan->result.frames);
		if (plan_make_ethernet(plan, &frame))
			err = plan_judge(plan, &frame, why);
		else
			plan->result.not_replayable++;
		if (err)
			return err;
	}
	return more;
}

static int plan_read_all(struct plan *plan, struct errmsg *why)
{
	for (size_t i = 0; i < plan->options->capture_count; i++) {
		FILE *file = plan->files[i];
		struct capture *capture;
		int err;

		plan->files[i] = NULL;
		err = capture__start(file, plan->options->captures[i], &capture, why);
		if (err)
			return err;
		err = plan_read(plan, capture, why);
		capture__close(capture);
		if (err)
			return err;
	}
	return 0;
}

/* What needs privileges; none of the captures' content is read. */
static int plan_open(struct plan *plan, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	int err = 0;

	plan->files = calloc(options->capture_count, sizeof(FILE *));
	plan->wrapped = malloc(CAPTURE_FRAME_MAX_BYTES + TEST_RUN_MIN_BYTES);
	if (!plan->files || !plan->wrapped)
		return -ENOMEM;
	for (size_t i = 0; !err && i < options->capture_count; i++)
		err = capture__open_file(options->captures[i], &plan->files[i], why);
	for (int i = 0; !err && i < PLAN_SIDES; i++)
		err = policy_run__open(options->engine, options->policies[i]->chunks,
				       options->policies[i]->chunk_count, options->max_prefixes,
				       &plan->runs[i], why);
	if (err)
		return err;
	return privileges__drop(
		options->engine == POLICY_ENGINE_HOST ? PRIVILEGES_NONE : PRIVILEGES_USE_BPF, why);
}

static void plan_close(struct plan *plan)
{
	for (size_t i = 0; plan->files && i < plan->options->capture_count; i++)
		if (plan->files[i])
			fclose(plan->files[i]);
	for (int i = 0; i < PLAN_SIDES; i++)
		policy_run__close(plan->runs[i]);
	plan_connections__free(&plan->connections);
	free(plan->files);
	free(plan->wrapped);
}

int plan__run(const struct plan_options *options, struct plan_result *ret, struct errmsg *why)
{
	struct plan plan = {.options = options};
	__u64 start_ns;
	int err;

	err = plan_open(&plan, why);
	start_ns = clock__now_ns();
	if (!err)
		err = plan_read_all(&plan, why);
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
