// SPDX-License-Identifier: GPL-2.0-only
// cmd_send: pktgen send: send the frames of a profile on an interface.
#include <linux/if_ether.h>
#include <errno.h>
#include <jansson.h>

#include "common/base/output_file.h"
#include "common/base/utf8.h"
#include "pktgen/commands.h"
#include "pktgen/profiles/profile.h"
#include "pktgen/send/send_options.h"
#include "pktgen/send/transmit.h"
#include "pktgen/transmit_output.h"

#define DEFAULT_DURATION_NS 10000000000ull
#define LOOK_AHEAD_FRAMES 4096

struct profile_send_options {
	const char *truth;
	struct send_options send;
	struct knob_texts knobs;
};

static const struct option_row profile_send_options[] = {
	{OPTION_TEXT(struct profile_send_options, truth), .name = "truth", .argument = "OUT.tsv",
	 .help = "also write the SYNs per source that were actually sent"},
	{OPTION_TABLE(struct profile_send_options, send, send_common_options)},
	{OPTION_TABLE(struct profile_send_options, knobs, knob_options)},
	{},
};

struct send_job {
	const struct profile_send_options *options;
	const struct profile *profile;
	struct knobs knobs;
	struct stream *stream;
	struct generated_frame frame;
	struct iface iface;
	struct transmit_plan plan;
	struct transmit_result result;
	struct truth truth;
	__u64 sources; /* kept, because writing the truth empties it */
	struct output_file *truth_file;
};

static int send_next_frame(void *opaque, struct tx_frame *ret, struct errmsg *why)
{
	struct send_job *job = opaque;

	(void)why;
	stream__next(job->stream, &job->frame);
	*ret = (struct tx_frame){
		.data = packet__bytes(&job->frame.packet),
		.bytes = job->frame.captured_bytes,
		.class = job->frame.class,
		.source = job->frame.source,
	};
	return 1;
}

/* Checks the first frames of a second, identical stream before anything is sent. */
static int refuse_long_frames(struct send_job *job, struct errmsg *why)
{
	__u32 longest = 0, limit = iface__max_bytes(&job->iface, false);
	struct stream *stream;
	int err = stream__open(job->profile, &job->knobs, &stream, why);

	if (err)
		return err;
	for (int i = 0; i < LOOK_AHEAD_FRAMES; i++) {
		const struct packet *packet = &job->frame.packet;

		stream__next(stream, &job->frame);
		if (packet->length > limit + (packet->tags ? 4 : 0) && packet->length > longest)
			longest = packet->length;
	}
	stream__close(stream);
	if (!longest)
		return 0;
	return errmsg__set(
		why, -EMSGSIZE,
		"%s: frames of %u bytes, but an MTU of %u allows %u: ip link set %s mtu %u",
		job->iface.name, longest, job->iface.mtu, limit, job->iface.name,
		longest - ETH_HLEN);
}

/* A given count or duration is the only limit; otherwise the profile's count and ten seconds. */
static void set_limits(struct send_job *job)
{
	struct transmit_plan *plan = &job->plan;

	if (job->knobs.count || !plan->duration_ns)
		plan->count = stream__count(job->stream);
	if (!job->knobs.count && !plan->duration_ns)
		plan->duration_ns = DEFAULT_DURATION_NS;
}

static int send_prepare(const struct cli *cli, struct send_job *job, const char **operands,
			struct errmsg *why)
{
	int err = stream__from_options(operands[0], &job->options->knobs, &job->profile,
				       &job->knobs, &job->stream, why);

	if (err)
		return err;
	err = send_options__read(&job->options->send, operands[1], &job->iface, &job->plan, why);
	if (err)
		return err;
	err = refuse_long_frames(job, why);
	if (!err && job->options->truth)
		err = output_file__open(job->options->truth, 0, &job->truth_file, why);
	if (err)
		return err;
	if (job->truth_file)
		output_file__claim_stdout(job->truth_file);
	set_limits(job);
	if (job->options->truth)
		job->plan.truth = &job->truth;
	job->plan.next = send_next_frame;
	job->plan.opaque = job;
	job->plan.json = cli->json;
	job->plan.verbose = cli->verbose;
	return 0;
}

static int send_write_truth(struct send_job *job, struct errmsg *why)
{
	char title[128];
	FILE *file;
	int err;

	if (!job->truth_file)
		return 0;
	err = output_file__stream(job->truth_file, &file, why);
	if (err)
		return err;
	job->sources = truth__sources(&job->truth);
	snprintf(title, sizeof(title),
		 "pktgen %s, profile %s, seed %llu, sent on %s, %llu of them dropped there",
		 VERSION, job->profile->name, job->knobs.seed, job->iface.name,
		 job->result.interface_dropped);
	err = truth__write(&job->truth, file, job->options->truth, title, why);
	return err ? err : output_file__commit(job->truth_file, why);
}

static int send_report(const struct cli *cli, const struct send_job *job, struct errmsg *why)
{
	json_t *object, *truth = NULL;

	if (!cli->json) {
		transmit_result__print(&job->iface, &job->result);
		return 0;
	}
	object = transmit_result__to_json(&job->iface, &job->result);
	if (job->plan.truth)
		truth = json_pack("{s:o, s:I, s:I, s:o}", "truth", utf8__json(job->options->truth),
				  "syns", (json_int_t)job->truth.classes[CLASS_SYN],
				  "distinct_sources", (json_int_t)job->sources, "classes",
				  truth__classes_to_json(&job->truth));
	json_object_set_new(object, "profile", json_string(job->profile->name));
	json_object_set_new(object, "seed", json_integer(job->knobs.seed));
	if (truth)
		json_object_update(object, truth);
	json_decref(truth);
	return cli__print_json(object, why);
}

static int run_send(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct send_job job = {.options = cli->options};
	int err, other_err;

	truth__init(&job.truth, true);
	err = send_prepare(cli, &job, operands, why);
	if (err)
		goto out;
	err = transmit__run(&job.plan, &job.result, why);
	if (err && !job.result.sent)
		goto out;
	other_err = send_write_truth(&job, err ? NULL : why);
	err = err ?: other_err;
	other_err = send_report(cli, &job, err ? NULL : why);
	err = err ?: other_err;
out:
	output_file__close(job.truth_file);
	truth__release(&job.truth);
	stream__close(job.stream);
	return err;
}

const struct command send_command = {
	.name = "send",
	.operands = "PROFILE IFACE",
	.summary = "send frames of a profile; by default its count, for at most 10 s",
	.min_operands = 2,
	.max_operands = 2,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = profile_send_options,
	.options_bytes = sizeof(struct profile_send_options),
	.run = run_send,
};
