// SPDX-License-Identifier: GPL-2.0-only
// plan: two policies over the same captures, and what the one changes of what the other does.
#include "common/replay/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/base/privileges.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
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
	struct policy_run *parser; /* without a policy: says what a frame is */
	FILE **files; /* of all readings, one after the other, until a capture owns them */
	size_t readings;
	struct plan_handshakes handshakes; /* of the first of two readings */
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

static bool plan_passes_challenge(const struct plan *plan, const struct policy_outcome *outcome,
				  const struct capture_frame *frame)
{
	return plan->options->challenge == PLAN_CHALLENGE_PASSES ||
	       (plan->options->challenge == PLAN_CHALLENGE_CAPTURED && outcome->verdict == XDP_TX &&
		plan_handshakes__established(&plan->handshakes, &outcome->frame, frame->data,
					     frame->captured_bytes));
}

/* A visitor, of the last reading. */
static int plan_judge(struct plan *plan, const struct capture_frame *frame, struct errmsg *why)
{
	__u64 now = plan_now(plan, frame->timestamp_ns);
	struct policy_outcome outcomes[PLAN_SIDES];
	int err = 0;

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
static int plan_look_ahead(struct plan *plan, const struct capture_frame *frame, struct errmsg *why)
{
	struct policy_outcome outcome;
	int err = policy_run__frame(plan->parser, frame->data, frame->captured_bytes, 0, &outcome,
				    why);

	return err
		       ?: plan_handshakes__add(&plan->handshakes, &outcome.frame, frame->data,
					       frame->captured_bytes);
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

/* The signal may interrupt a read. */
static bool plan_is_stopped(const struct plan *plan)
{
	return plan->options->stopped && plan->options->stopped();
}

typedef int plan_visitor(struct plan *plan, const struct capture_frame *frame, struct errmsg *why);

static int plan_read(struct plan *plan, struct capture *capture, plan_visitor *visit,
		     struct errmsg *why)
{
	struct capture_frame frame;
	int more;

	while ((more = capture__next(capture, &frame, why)) > 0 && !plan_is_stopped(plan)) {
		int err = 0;

		if (plan_make_ethernet(plan, &frame))
			err = visit(plan, &frame, why);
		else
			plan->result.not_replayable += visit == plan_judge;
		if (err)
			return err;
	}
	return plan_is_stopped(plan) ? errmsg__set(why, -EINTR, "interrupted after %llu frames",
						   plan->result.frames)
				     : more;
}

/* @files: closed here */
static int plan_read_all(struct plan *plan, FILE **files, plan_visitor *visit, struct errmsg *why)
{
	for (size_t i = 0; i < plan->options->capture_count; i++) {
		FILE *file = files[i];
		struct capture *capture;
		int err;

		files[i] = NULL;
		err = capture__start(file, plan->options->captures[i], &capture, why);
		if (err)
			return err;
		err = plan_read(plan, capture, visit, why);
		capture__close(capture);
		if (err)
			return err;
	}
	return 0;
}

static int plan_open_file(struct plan *plan, size_t number, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	const char *path = options->captures[number % options->capture_count];
	int err = capture__open_file(path, &plan->files[number], why);
	struct stat status;

	if (err || plan->readings == 1)
		return err;
	if (!fstat(fileno(plan->files[number]), &status) && S_ISREG(status.st_mode))
		return 0;
	return errmsg__set(why, -ESPIPE,
			   "%s: what becomes of a challenged source stands later in it, and it can "
			   "be read only once: use a file, or --challenge=fails or passes",
			   path);
}

static int plan_open_runs(struct plan *plan, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	int err = 0;

	for (int i = 0; !err && i < PLAN_SIDES; i++)
		err = policy_run__open(options->engine, options->policies[i]->chunks,
				       options->policies[i]->chunk_count, options->max_prefixes,
				       &plan->runs[i], why);
	if (err || plan->readings == 1)
		return err;
	return policy_run__open(POLICY_ENGINE_HOST, NULL, 0, 0, &plan->parser, why);
}

/* What needs privileges; none of the captures' content is read. */
static int plan_open(struct plan *plan, struct errmsg *why)
{
	const struct plan_options *options = plan->options;
	int err;

	plan->files = calloc(plan->readings * options->capture_count, sizeof(FILE *));
	plan->wrapped = malloc(CAPTURE_FRAME_MAX_BYTES + TEST_RUN_MIN_BYTES);
	if (!plan->files || !plan->wrapped)
		return -ENOMEM;
	for (size_t i = 0; i < plan->readings * options->capture_count; i++) {
		err = plan_open_file(plan, i, why);
		if (err)
			return err;
	}
	err = plan_open_runs(plan, why);
	if (err)
		return err;
	return privileges__drop(
		options->engine == POLICY_ENGINE_HOST ? PRIVILEGES_NONE : PRIVILEGES_USE_BPF, why);
}

static void plan_close(struct plan *plan)
{
	for (size_t i = 0; plan->files && i < plan->readings * plan->options->capture_count; i++)
		if (plan->files[i])
			fclose(plan->files[i]);
	for (int i = 0; i < PLAN_SIDES; i++)
		policy_run__close(plan->runs[i]);
	policy_run__close(plan->parser);
	plan_handshakes__free(&plan->handshakes);
	plan_connections__free(&plan->connections);
	free(plan->files);
	free(plan->wrapped);
}

int plan__run(const struct plan_options *options, struct plan_result *ret, struct errmsg *why)
{
	bool is_read_ahead = options->has_answers && options->challenge == PLAN_CHALLENGE_CAPTURED;
	struct plan plan = {.options = options, .readings = is_read_ahead ? 2 : 1};
	__u64 start_ns;
	int err;

	err = plan_open(&plan, why);
	start_ns = clock__now_ns();
	if (!err && is_read_ahead)
		err = plan_read_all(&plan, plan.files + options->capture_count, plan_look_ahead,
				    why);
	if (!err)
		err = plan_read_all(&plan, plan.files, plan_judge, why);
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
