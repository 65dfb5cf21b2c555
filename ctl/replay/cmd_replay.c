// SPDX-License-Identifier: GPL-2.0-only
// cmd_replay: `xdpctl replay`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/number.h"
#include "common/base/progress.h"
#include "common/base/utf8.h"
#include "common/capture/linktype.h"
#include "common/replay/replay.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/snapshot_json.h"
#include "ctl/render/snapshot_text.h"
#include "ctl/replay/differences.h"
#include "ctl/replay/expect.h"

#define DEFAULT_TOP 10
#define MAX_REPEAT 1000000

static const char *expect_path;
static const char *top_text;
static const char *engine_text = "auto";
static const char *jobs_text;
static const char *repeat_text;
static const char *program;
static int handshakes;
static int rewrap;
static int within;

const struct poptOption replay_options[] = {
	{"expect", '\0', POPT_ARG_STRING, &expect_path, 0,
	 "compare with lines of address<TAB>syns; exit 1 unless equal", "TSV"},
	{"within", '\0', POPT_ARG_NONE, &within, 0,
	 "with --expect: each true count must be within its bounds", NULL},
	{"handshakes", '\0', POPT_ARG_NONE, &handshakes, 0,
	 "count SYN-ACKs, FINs and RSTs by victim, too", NULL},
	{"rewrap", '\0', POPT_ARG_NONE, &rewrap, 0,
	 "give cooked, raw-IP and loopback frames an Ethernet header", NULL},
	{"top", 'n', POPT_ARG_STRING, &top_text, 0,
	 "show at most so many sources; default 10, with -j all", "N"},
	{"program", '\0', POPT_ARG_STRING, &program, 0,
	 "run another XDP program instead, of that section or function", "OBJ[:NAME]"},
	{"engine", '\0', POPT_ARG_STRING, &engine_text, 0,
	 "inside the kernel, or by a system call for each frame; default auto",
	 "feeder|syscall|auto"},
	{"jobs", '\0', POPT_ARG_STRING, &jobs_text, 0, "spread the feeder over so many CPUs", "N"},
	{"repeat", '\0', POPT_ARG_STRING, &repeat_text, 0, "run every frame so many times", "N"},
	CLI_OPTIONS_END,
};

struct comparison {
	struct expect_difference *differences;
	size_t count;
};

static json_t *timing_to_json(const struct runner_timing *timing)
{
	return json_pack("{s:s, s:I, s:I, s:{s:f, s:f}, s:I}", "engine", runner_names[timing->kind],
			 "jobs", (json_int_t)timing->workers, "packets_per_second",
			 (json_int_t)timing->packets_per_second, "ns_per_packet", "median",
			 timing->median_ns, "p99", timing->p99_ns, "memory_bytes",
			 (json_int_t)timing->memory_bytes);
}

static int replay_print_json(const char *path, const struct replay_result *result, __u64 top,
			     const struct comparison *comparison, struct errmsg *why)
{
	json_t *document = json_pack("{s:i, s:o, s:b, s:I}", "schema", JSON_SCHEMA, "file",
				     utf8__json(path), "complete", !result->damage, "prefix_frames",
				     (json_int_t)result->prefix_frames);

	if (program)
		json_object_set_new(document, "program", utf8__json(result->program));
	json_object_update_new(document, program ? verdicts_to_json(&result->snapshot)
						 : snapshot_to_json(&result->snapshot, NULL, top));
	json_object_update_new(document, timing_to_json(&result->timing));
	if (expect_path)
		json_object_set_new(
			document, "differences",
			differences_to_json(comparison->differences, comparison->count));
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

static void replay_print_text(const char *path, const struct replay_result *result, __u64 top,
			      bool verbose, const struct comparison *comparison)
{
	char name[64];

	printf("%s%s%s%s\n", UTF8_PRINTABLE(path), result->program[0] ? " through " : "",
	       result->program, result->damage ? ": damaged, counted up to there" : "");
	if (program)
		print_verdicts(&result->snapshot);
	else
		print_snapshot(&result->snapshot, NULL, top, verbose);
	if (result->refused_linktype >= 0)
		printf("\n  not replayable: frames of link type %s\n",
		       linktype__name(result->refused_linktype, name, sizeof(name)));
	if (result->prefix_frames)
		printf("\n  %llu frames exceed the kernel's limit: only their headers were run\n",
		       result->prefix_frames);
	print_timing(&result->timing);
	if (comparison->count)
		printf("\n");
	print_differences(comparison->differences, comparison->count);
}

/* Damage has been reported by the reader, and takes precedence over a difference. */
static int replay_status(const struct replay_result *result, const struct comparison *comparison,
			 const char *path, struct errmsg *why)
{
	if (result->damage)
		return result->damage;
	if (!comparison->count)
		return 0;
	return errmsg__set(why, -EBADMSG, "%s: %zu source%s from %s", path, comparison->count,
			   comparison->count == 1 ? " differs" : "s differ", expect_path);
}

static int parse(struct replay_options *options, __u64 *top, struct errmsg *why)
{
	__u64 jobs = 1, repeat = 1;
	int err, kind;

	err = number__choice("--engine", engine_text, runner_names, &kind, why);
	if (!err && top_text)
		err = number__u64("-n", top_text, 0, ALL_SOURCES, top, why);
	if (!err && jobs_text)
		err = number__u64("--jobs", jobs_text, 1, RUNNER_MAX_WORKERS, &jobs, why);
	if (!err && repeat_text)
		err = number__u64("--repeat", repeat_text, 1, MAX_REPEAT, &repeat, why);
	if (!err && program && expect_path)
		err = errmsg__usage(why, "--expect: another program's sources are not known");
	if (!err && program && handshakes)
		err = errmsg__usage(why, "--handshakes: another program's counts are not known");
	if (!err && within && !expect_path)
		err = errmsg__usage(why, "--within: goes with --expect");
	if (err)
		return err;
	options->runner.kind = kind;
	options->runner.workers = jobs;
	options->runner.repeat = repeat;
	options->program = program;
	options->pairs = handshakes;
	options->rewrap = rewrap;
	return 0;
}

static void show_progress(void *context, __u64 position_bytes)
{
	progress__update(context, position_bytes);
}

static int replay_run(const char *path, const struct replay_options *asked,
		      struct replay_result *ret, struct errmsg *why)
{
	struct replay_options options = *asked;
	struct progress progress;
	struct stat file = {};
	int err;

	if (stat(path, &file) || !S_ISREG(file.st_mode))
		file.st_size = 0;
	progress__start(&progress, "replay", file.st_size);
	options.progress = show_progress;
	options.progress_context = &progress;
	err = replay__file(path, &options, ret, why);
	progress__end(&progress);
	return err;
}

/* Opened first: the replay drops privileges that this may need. */
static int open_expected(FILE **ret, struct errmsg *why)
{
	FILE *file;

	if (!expect_path)
		return 0;
	file = fopen(expect_path, "re");
	if (!file)
		return errmsg__set(why, -errno, "%s: cannot open: %s", expect_path,
				   strerror(errno));
	*ret = file;
	return 0;
}

int cmd_replay(const struct cli *cli, const char **operands, struct errmsg *why)
{
	__u64 top = cli->json ? ALL_SOURCES : DEFAULT_TOP;
	struct replay_options options = {};
	struct comparison comparison = {};
	struct replay_result result = {};
	FILE *expected = NULL;
	int err;

	err = parse(&options, &top, why);
	if (!err)
		err = open_expected(&expected, why);
	if (err)
		return err;
	err = replay_run(operands[0], &options, &result, why);
	if (!err && expected)
		err = expect__compare(expected, expect_path, &result.snapshot, within,
				      &comparison.differences, &comparison.count, why);
	if (err)
		goto out;
	if (cli->json)
		err = replay_print_json(operands[0], &result, top, &comparison, why);
	else
		replay_print_text(operands[0], &result, top, cli->verbose, &comparison);
	if (!err)
		err = replay_status(&result, &comparison, operands[0], why);
out:
	if (expected)
		fclose(expected);
	free(comparison.differences);
	snapshot__free(&result.snapshot);
	return err;
}
