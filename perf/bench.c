// SPDX-License-Identifier: GPL-2.0-only
// bench: the commands of the performance lab.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cli.h"
#include "common/base/output_file.h"
#include "common/bpf/libbpf_log.h"
#include "perf/crew.h"
#include "perf/host.h"
#include "perf/live_program.h"
#include "perf/measure.h"
#include "perf/reading.h"
#include "perf/report.h"
#include "perf/results.h"

#define DEFAULT_ROUNDS 5
#define READING "reading" /* --only: the time to read the counts */

struct run_options {
	const char *output;
	const char *corpus;
	const char *only;
	__u64 rounds;
	bool quick;
};

/* Where the captures are, for `run` and `list`. */
#define OPTION_CORPUS(struct_type)                                                     \
	{                                                                              \
		OPTION_TEXT(struct_type, corpus), .name = "corpus", .argument = "DIR", \
						  .fallback = "../shared/corpus",      \
						  .help = "read captures from DIR"     \
	}

static const struct option_row run_options[] = {
	{OPTION_TEXT(struct run_options, output), .name = "output", .letter = 'o',
	 .argument = "FILE", .fallback = "bench.json", .help = "write the results to FILE"},
	OPTION_CORPUS(struct run_options),
	{OPTION_TEXT(struct run_options, only), .name = "only", .argument = "ROW",
	 .help = "only the rows of this program or traffic, or \"" READING "\""},
	{OPTION_NUMBER(struct run_options, rounds), .name = "rounds", .argument = "N", .min = 1,
	 .max = SAMPLES_MAX, .unset = "5; with --quick 1", .help = "measure each row N times"},
	{OPTION_FLAG(struct run_options, quick), .name = "quick",
	 .help = "few frames: a functional test"},
	{},
};

struct list_options {
	const char *corpus;
};

static const struct option_row list_options[] = {
	OPTION_CORPUS(struct list_options),
	{},
};

static int lab_prepare(const struct cli *cli, const struct command *command, const char ***operands,
		       struct errmsg *why)
{
	(void)command, (void)operands;
	(void)why;
	libbpf_log__start(cli->verbose);
	return 0;
}

static bool bench_is_known(const struct rows *rows, const char *name)
{
	bool known = !strcmp(name, READING);

	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		known |= !strcmp(name, program_rows[i].name);
	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (size_t i = 0; i < rows->suites[suite].traffic_count; i++)
			known |= !strcmp(name, rows->suites[suite].traffic[i].name);
	return known;
}

static int bench_check(const struct rows *rows, const char *only, struct errmsg *why)
{
	if (!only || bench_is_known(rows, only))
		return 0;
	return errmsg__usage(why, "--only: there is no row '%s': see 'bench list'", only);
}

static void print_document(FILE *out, const void *document)
{
	json_dumpf(document, out, JSON_INDENT(1));
}

static int write_results(const struct measurement *measurement, const struct rows *rows,
			 const char *path, json_t *host, json_t *reading, struct errmsg *why)
{
	json_t *document = results__to_json(measurement);
	int err;

	json_object_set_new(host, "load_after", host__load());
	json_object_set(document, "host", host);
	if (rows->no_captures[0])
		json_object_set_new(document, "no_captures", json_string(rows->no_captures));
	if (reading)
		json_object_set_new(document, "reading", reading);
	err = output_file__write(path, 0, print_document, document, why);
	json_decref(document);
	return err;
}

static int bench_measure(const struct run_options *typed, const struct measure_options *options,
			 const struct rows *rows, json_t *host, struct errmsg *why)
{
	struct measurement measurement = {};
	json_t *reading = NULL;
	int err;

	err = measure__run(rows, options, &measurement, why);
	if (!err && (!typed->only || !strcmp(typed->only, READING)))
		err = reading__run(options->rounds, typed->quick, &reading, why);
	if (err)
		goto out;
	err = write_results(&measurement, rows, typed->output, host, reading, why);
	if (!err && results__mismatch(&measurement))
		err = errmsg__set(why, -EBADMSG, "%s", results__mismatch(&measurement));
out:
	measure__free(&measurement);
	return err;
}

static int lab_run(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct run_options *typed = cli->options;
	struct measure_options options = {
		.rounds = typed->rounds  ? typed->rounds
			  : typed->quick ? 1
					 : DEFAULT_ROUNDS,
		.jobs = crew__cpus(),
		.quick = typed->quick,
		.only = typed->only,
	};
	json_t *host = host__to_json();
	struct rows rows = {};
	int err;

	(void)operands;
	json_object_set_new(host, "load_before", host__load());
	err = rows__load(typed->corpus, &rows, why);
	if (!err)
		err = bench_check(&rows, typed->only, why);
	if (!err)
		err = bench_measure(typed, &options, &rows, host, why);
	json_decref(host);
	rows__free(&rows);
	return err;
}

static int lab_list(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct list_options *options = cli->options;
	struct rows rows;
	int err = rows__load(options->corpus, &rows, why);

	(void)operands;
	if (err)
		return err;
	puts("programs:");
	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		printf("  %-20s %s\n", program_rows[i].name, program_rows[i].label);
	for (size_t suite = 0; suite < SUITE_COUNT; suite++) {
		printf("traffic, %s:\n", rows.suites[suite].label);
		for (size_t i = 0; i < rows.suites[suite].traffic_count; i++)
			printf("  %-20s %s\n", rows.suites[suite].traffic[i].name,
			       rows.suites[suite].traffic[i].label);
	}
	rows__free(&rows);
	return 0;
}

static int run_attached(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli;
	return live_program__run(operands[0], operands[1], why);
}

static int run_report(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli;
	return report__write(operands[0], why);
}

static const struct command run_command = {
	.name = "run",
	.operands = "",
	.summary = "measure all rows that run inside the kernel",
	.takes = TAKES_VERBOSE,
	.options = run_options,
	.options_bytes = sizeof(struct run_options),
	.run = lab_run,
};
static const struct command list_command = {
	.name = "list",
	.alias = "ls",
	.operands = "",
	.summary = "list the rows",
	.options = list_options,
	.options_bytes = sizeof(struct list_options),
	.run = lab_list,
};
static const struct command attached_command = {
	.name = "attached",
	.operands = "OBJECT IFACE",
	.summary = "attach a program and count until a signal arrives",
	.min_operands = 2,
	.max_operands = 2,
	.takes = TAKES_VERBOSE,
	.run = run_attached,
};
static const struct command report_command = {
	.name = "report",
	.operands = "DIR",
	.summary = "write the report from the results in DIR",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_report,
};

static const struct command *const commands[] = {
	&run_command, &list_command, &attached_command, &report_command, NULL,
};

static const struct program program = {
	.name = "bench",
	.summary = "measure the cost per packet, compared with alternatives",
	.version = VERSION,
	.commands = commands,
	.prepare = lab_prepare,
};

int main(int argc, const char **argv)
{
	return cli__main(&program, argc, argv);
}
