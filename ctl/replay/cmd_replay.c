// SPDX-License-Identifier: GPL-2.0-only
// cmd_replay: `xdpctl replay`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/input_file.h"
#include "common/base/progress.h"
#include "common/base/stop_signal.h"
#include "common/base/utf8.h"
#include "common/bpf/object.h"
#include "common/capture/linktype.h"
#include "common/replay/replay.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/snapshot_json.h"
#include "ctl/render/snapshot_text.h"
#include "ctl/render/view_options.h"
#include "ctl/replay/differences.h"
#include "ctl/replay/expect.h"

#define MAX_REPEAT 1000000

struct replay_arguments {
	__u64 top;
	const char *expect;
	bool within;
	bool handshakes;
	bool rewrap;
	const char *program;
	enum runner_kind engine;
	__u64 jobs;
	__u64 repeat;
	__u64 max_map_mib;
};

static const struct option_row replay_options[] = {
	{OPTION_TEXT(struct replay_arguments, expect), .name = "expect", .argument = "TSV",
	 .without = "program",
	 .help = "compare with lines of address<TAB>syns; exit 1 unless equal"},
	{OPTION_FLAG(struct replay_arguments, within), .name = "within", .with = "expect",
	 .help = "accept a true count between at_least and at_most"},
	{OPTION_FLAG(struct replay_arguments, handshakes), .name = "handshakes",
	 .without = "program", .help = "also count SYN-ACKs, FINs and RSTs per victim"},
	{OPTION_FLAG(struct replay_arguments, rewrap), .name = "rewrap",
	 .help = "give cooked, raw-IP and loopback frames an Ethernet header"},
	VIEW_OPTION_TOP(struct replay_arguments, top, "10", "10; with -j all", ALL_SOURCES),
	{OPTION_TEXT(struct replay_arguments, program), .name = "program", .argument = "OBJ[:NAME]",
	 .help = "run another XDP program instead, of that section or function"},
	{OPTION_CHOICE(struct replay_arguments, engine), .name = "engine", .words = runner_names,
	 .fallback = "auto",
	 .help = "run frames in the kernel, with a system call each, or in this process"},
	{OPTION_NUMBER(struct replay_arguments, jobs), .name = "jobs", .argument = "N", .min = 1,
	 .max = RUNNER_MAX_WORKERS, .fallback = "1",
	 .help = "run the feeder or host engine on N CPUs"},
	{OPTION_NUMBER(struct replay_arguments, repeat), .name = "repeat", .argument = "N",
	 .min = 1, .max = MAX_REPEAT, .fallback = "1", .help = "run every frame N times"},
	{OPTION_NUMBER(struct replay_arguments, max_map_mib), .name = "max-map-memory",
	 .argument = "MIB", .min = 1, .max = 1 << 20, .fallback = OBJECT_MAX_MAP_MIB,
	 .with = "program", .help = "refuse an object whose maps take more kernel memory"},
	{},
};

/* One capture, and what came of it. */
struct replay_job {
	const struct replay_arguments *arguments;
	const char *path;
	__u64 top;
	struct replay_result result;
	struct expect_difference *differences;
	size_t difference_count;
};

static json_t *timing_to_json(const struct runner_timing *timing)
{
	return json_pack("{s:s, s:I, s:I, s:{s:f, s:f}, s:I}", "engine", runner_names[timing->kind],
			 "jobs", (json_int_t)timing->workers, "packets_per_second",
			 (json_int_t)timing->packets_per_second, "ns_per_packet", "median",
			 timing->median_ns, "p99", timing->p99_ns, "memory_bytes",
			 (json_int_t)timing->memory_bytes);
}

static int replay_print_json(const struct replay_job *job, struct errmsg *why)
{
	const struct replay_result *result = &job->result;
	json_t *document = json_pack("{s:i, s:o, s:b, s:I}", "schema", JSON_SCHEMA, "file",
				     utf8__json(job->path), "complete", !result->damage,
				     "prefix_frames", (json_int_t)result->prefix_frames);

	if (job->arguments->program)
		json_object_set_new(document, "program", utf8__json(result->program));
	json_object_update_new(document,
			       job->arguments->program
				       ? verdicts_to_json(&result->snapshot)
				       : snapshot_to_json(&result->snapshot, NULL, job->top));
	json_object_update_new(document, timing_to_json(&result->timing));
	if (job->arguments->expect)
		json_object_set_new(document, "differences",
				    differences_to_json(job->differences, job->difference_count));
	return cli__print_json(document, why);
}

static void print_timing(const struct runner_timing *timing)
{
	if (!timing->frames)
		return;
	printf("\n  %s engine, %u CPU%s: %.2f million packets/s, %.0f ns per packet "
	       "(99th percentile %.0f)\n",
	       runner_names[timing->kind], timing->workers, timing->workers == 1 ? "" : "s",
	       timing->packets_per_second / 1e6, timing->median_ns, timing->p99_ns);
}

static const char *describe_end(int damage)
{
	if (!damage)
		return "";
	return damage == -EINTR ? ": interrupted, counted so far"
				: ": damaged, counted up to there";
}

static void replay_print_text(const struct replay_job *job, bool verbose)
{
	const struct replay_result *result = &job->result;
	char name[64];

	printf("%s%s%s%s\n", UTF8_PRINTABLE(job->path), result->program[0] ? " through " : "",
	       result->program, describe_end(result->damage));
	if (job->arguments->program)
		print_verdicts(&result->snapshot);
	else
		print_snapshot(&result->snapshot, NULL, job->top, verbose);
	if (result->refused_linktype >= 0)
		printf("\n  not replayable: frames of link type %s\n",
		       linktype__name(result->refused_linktype, name, sizeof(name)));
	if (result->prefix_frames)
		printf("\n  %llu frames exceed the engine's limit: only their headers were run\n",
		       result->prefix_frames);
	print_timing(&result->timing);
	if (job->difference_count)
		printf("\n");
	print_differences(job->differences, job->difference_count);
}

/* Damage has been reported by the reader, and takes precedence over a difference. */
static int replay_status(const struct replay_job *job, struct errmsg *why)
{
	if (job->result.damage)
		return job->result.damage;
	if (!job->difference_count)
		return 0;
	return errmsg__set(
		why, -EBADMSG, "%s: %zu source%s from %s", job->path, job->difference_count,
		job->difference_count == 1 ? " differs" : "s differ", job->arguments->expect);
}

static void show_progress(void *context, __u64 position_bytes)
{
	progress__update(context, position_bytes);
}

static int replay_run_job(struct replay_job *job, struct errmsg *why)
{
	const struct replay_arguments *arguments = job->arguments;
	struct progress progress;
	struct replay_options options = {
		.rewrap = arguments->rewrap,
		.pairs = arguments->handshakes,
		.program = arguments->program,
		.max_map_mib = arguments->max_map_mib,
		.runner =
			{
				.kind = arguments->engine,
				.workers = arguments->jobs,
				.repeat = arguments->repeat,
			},
		.progress = show_progress,
		.progress_context = &progress,
	};
	struct stat file = {};
	int err;

	if (stat(job->path, &file) || !S_ISREG(file.st_mode))
		file.st_size = 0;
	progress__start(&progress, "replay", file.st_size);
	stop_signal__catch();
	options.runner.stopped = stop_signal__pending;
	err = replay__file(job->path, &options, &job->result, why);
	stop_signal__release();
	progress__end(&progress);
	return err;
}

/* Opened first: the replay drops privileges that this may need. */
static int open_expected(const struct replay_job *job, FILE **ret, struct errmsg *why)
{
	const char *path = job->arguments->expect;

	if (!path)
		return 0;
	if (input_file__is_stdin(path) && input_file__is_stdin(job->path))
		return errmsg__usage(why, "--expect: standard input is already the capture");
	return input_file__open(path, ret, why);
}

static int check_engine(const struct replay_arguments *arguments, struct errmsg *why)
{
	if (!arguments->program || arguments->engine != RUNNER_HOST)
		return 0;
	return errmsg__usage(why, "--program: only the kernel runs other programs: use --engine "
				  "feeder or syscall");
}

static void note_engine(const struct cli *cli, const struct replay_result *result)
{
	if (result->no_kernel.text[0])
		cli__note(cli, "replay: using --engine host: %s", result->no_kernel.text);
}

static int run_replay(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct replay_arguments *arguments = cli->options;
	struct replay_job job = {
		.arguments = arguments,
		.path = operands[0],
		.top = cli->json && !cli__given(cli, "top") ? ALL_SOURCES : arguments->top,
	};
	FILE *expected = NULL;
	int err;

	err = check_engine(arguments, why);
	if (err)
		return err;
	err = open_expected(&job, &expected, why);
	if (err)
		return err;
	err = replay_run_job(&job, why);
	note_engine(cli, &job.result);
	if (!err && expected)
		err = expect__compare(expected, arguments->expect, &job.result.snapshot,
				      arguments->within, &job.differences, &job.difference_count,
				      why);
	if (err)
		goto out;
	if (cli->json)
		err = replay_print_json(&job, why);
	else
		replay_print_text(&job, cli->verbose);
	if (!err)
		err = replay_status(&job, why);
out:
	if (expected)
		fclose(expected);
	free(job.differences);
	snapshot__free(&job.result.snapshot);
	return err;
}

const struct command replay_command = {
	.name = "replay",
	.operands = "FILE",
	.summary = "count the SYNs in a capture file",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = replay_options,
	.options_bytes = sizeof(struct replay_arguments),
	.run = run_replay,
};
