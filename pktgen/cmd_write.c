// SPDX-License-Identifier: GPL-2.0-only
// cmd_write: pktgen write: write the frames of a profile to a capture file, and their truth.
//
// Both files appear under their names only once they are complete.
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/output_file.h"
#include "common/base/progress.h"
#include "common/base/stop_signal.h"
#include "common/base/utf8.h"
#include "common/capture/capture.h"
#include "pktgen/commands.h"
#include "pktgen/profiles/profile.h"
#include "pktgen/profiles/rate_steps.h"
#include "pktgen/truth/truth.h"

#define FIRST_TIMESTAMP_S 1735689600ull /* 2025-01-01T00:00:00Z */
#define FRAMES_PER_CHECK 4096           /* between updates of the progress and checks for Ctrl-C */

struct write_options {
	const char *truth;
	__u64 rate_pps;
	struct rate_steps steps;
	struct knob_texts knobs;
};

static const struct option_row write_options[] = {
	{OPTION_TEXT(struct write_options, truth), .name = "truth", .argument = "OUT.tsv",
	 .help = "also write the true SYNs per source"},
	{OPTION_NUMBER(struct write_options, rate_pps), .name = "rate", .argument = "PPS", .min = 1,
	 .max = NS_PER_S, .fallback = "1000000",
	 .help = "frames per second of the timestamps, which start at 2025-01-01"},
	{OPTION_PARSED(struct write_options, steps), .name = "steps",
	 .argument = "PPS[-PPS]:SECONDS,...", .parse = rate_steps__parse, .without = "rate",
	 .help = "instead, rates that change, over and over until all frames are written: 0-900:60 "
		 "is a ramp"},
	{OPTION_TABLE(struct write_options, knobs, knob_options)},
	{},
};

struct write_job {
	const struct write_options *options;
	const struct profile *profile;
	struct knobs knobs;
	struct stream *stream;
	struct output_file *capture;
	struct output_file *truth_file;
	struct truth truth;
	struct rate_clock clock;
	__u64 start_ns;
};

/* Standard output may be one of the two; the report then goes to standard error. */
static int open_outputs(struct write_job *job, const char *capture_path, struct errmsg *why)
{
	const char *truth_path = job->options->truth;
	int err;

	err = output_file__open(capture_path, 0, &job->capture, why);
	if (err)
		return err;
	if (output_file__is_stdout(job->capture) && isatty(STDOUT_FILENO))
		return errmsg__usage(why,
				     "%s: a capture is not written to a terminal: "
				     "redirect standard output",
				     capture_path);
	if (truth_path)
		err = output_file__open(truth_path, 0, &job->truth_file, why);
	if (err)
		return err;
	if (truth_path && output_file__is_stdout(job->capture) &&
	    output_file__is_stdout(job->truth_file))
		return errmsg__usage(why, "--truth: standard output is already the capture");
	output_file__claim_stdout(job->capture);
	if (truth_path)
		output_file__claim_stdout(job->truth_file);
	return 0;
}

static int write_prepare(struct write_job *job, const char **operands, struct errmsg *why)
{
	const char *truth_path = job->options->truth;
	int err;

	if (truth_path && !strcmp(truth_path, operands[1]))
		return errmsg__usage(why, "--truth: %s is already the capture", truth_path);
	err = stream__from_options(operands[0], &job->options->knobs, &job->profile, &job->knobs,
				   &job->stream, why);
	return err ?: open_outputs(job, operands[1], why);
}

static int write_frame(struct write_job *job, struct capture_writer *writer,
		       struct generated_frame *frame, struct errmsg *why)
{
	int err;

	stream__next(job->stream, frame);
	err = capture_writer__frame(
		writer, packet__bytes(&frame->packet), frame->captured_bytes, frame->packet.length,
		FIRST_TIMESTAMP_S * NS_PER_S + rate_clock__next(&job->clock), why);
	if (err)
		return err;
	err = truth__add(&job->truth, frame->class, &frame->source, frame->captured_bytes);
	return err ? errmsg__set(why, err, "no memory for more than %llu sources",
				 truth__sources(&job->truth))
		   : 0;
}

static int write_frames(struct write_job *job, struct capture_writer *writer, const char *name,
			struct errmsg *why)
{
	__u64 count = stream__count(job->stream);
	struct progress progress;
	struct generated_frame frame;
	int err = 0;

	progress__start(&progress, "write", count);
	for (__u64 i = 0; !err && i < count; i++) {
		if (i % FRAMES_PER_CHECK == 0) {
			progress__update(&progress, i);
			if (stop_signal__pending()) {
				err = errmsg__set(why, -EINTR,
						  "%s: interrupted after %llu of %llu frames: "
						  "nothing was kept",
						  name, i, count);
				break;
			}
		}
		err = write_frame(job, writer, &frame, why);
	}
	progress__end(&progress);
	return err;
}

static int write_capture(struct write_job *job, const char *name, struct errmsg *why)
{
	struct capture_writer *writer;
	int err, close_err;
	FILE *file;

	err = output_file__stream(job->capture, &file, why);
	if (err)
		return err;
	err = capture_writer__start(file, name, &writer, why);
	if (err)
		return err;
	err = write_frames(job, writer, name, why);
	close_err = capture_writer__close(writer, err ? NULL : why);
	return err ? err : close_err;
}

static int write_truth_file(struct write_job *job, struct errmsg *why)
{
	char title[128];
	FILE *file;
	int err;

	if (!job->truth_file)
		return 0;
	err = output_file__stream(job->truth_file, &file, why);
	if (err)
		return err;
	snprintf(title, sizeof(title), "pktgen %s, profile %s, seed %llu", VERSION,
		 job->profile->name, job->knobs.seed);
	return truth__write(&job->truth, file, job->options->truth, title, why);
}

static int write_report_json(const struct write_job *job, const char *name, __u64 sources,
			     double seconds, struct errmsg *why)
{
	const struct truth *truth = &job->truth;
	json_t *object = json_pack(
		"{s:i, s:o, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:f}", "schema", SCHEMA, "file",
		utf8__json(name), "truth", utf8__json(job->options->truth), "profile",
		job->profile->name, "seed", (json_int_t)job->knobs.seed, "packets",
		(json_int_t)truth->frames, "bytes", (json_int_t)truth->bytes, "syns",
		(json_int_t)truth->classes[CLASS_SYN], "distinct_sources", (json_int_t)sources,
		"classes", truth__classes_to_json(truth), "seconds", seconds);

	return cli__print_json(object, why);
}

static void write_report(const struct cli *cli, const struct write_job *job, const char *name,
			 __u64 sources, double seconds)
{
	const struct truth *truth = &job->truth;

	printf("%s: %llu frames, %llu bytes, %llu SYNs from %llu sources, in %.2f s\n", name,
	       truth->frames, truth->bytes, truth->classes[CLASS_SYN], sources, seconds);
	for (int i = 0; cli->verbose && i < CLASS_COUNT; i++)
		if (truth->classes[i])
			printf("  %-20s %llu\n", truth__class_name(i), truth->classes[i]);
}

static int run_write(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct write_options *options = cli->options;
	const struct rate_steps one_rate = {.steps = {{options->rate_pps, 1}}, .count = 1};
	struct write_job job = {
		.options = options,
		.clock.steps = options->steps.count ? &options->steps : &one_rate,
		.start_ns = clock__now_ns(),
	};
	const char *name = operands[1];
	__u64 sources;
	double seconds;
	int err;

	err = write_prepare(&job, operands, why);
	if (err)
		goto out;
	stop_signal__catch();
	truth__init(&job.truth, true);
	err = write_capture(&job, name, why);
	if (err)
		goto out;
	sources = truth__sources(&job.truth); /* writing it empties it */
	err = write_truth_file(&job, why);
	if (!err)
		err = output_file__commit(job.capture, why);
	if (!err && job.truth_file)
		err = output_file__commit(job.truth_file, why);
	if (err)
		goto out;
	seconds = (clock__now_ns() - job.start_ns) / 1e9;
	if (cli->json)
		err = write_report_json(&job, name, sources, seconds, why);
	else
		write_report(cli, &job, name, sources, seconds);
out:
	truth__release(&job.truth);
	output_file__close(job.truth_file);
	output_file__close(job.capture);
	stream__close(job.stream);
	return err;
}

const struct command write_command = {
	.name = "write",
	.operands = "PROFILE OUT.pcap[ng]",
	.summary = "write frames of a profile to a capture file",
	.min_operands = 2,
	.max_operands = 2,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = write_options,
	.options_bytes = sizeof(struct write_options),
	.run = run_write,
};
