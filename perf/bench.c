// SPDX-License-Identifier: GPL-2.0-only
// bench: the commands of the performance lab.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/cli.h"
#include "common/base/number.h"
#include "common/bpf/libbpf_log.h"
#include "perf/crew.h"
#include "perf/host.h"
#include "perf/live_program.h"
#include "perf/measure.h"
#include "perf/reading.h"
#include "perf/report.h"
#include "perf/results.h"

#define DEFAULT_ROUNDS 5

static const char *output = "bench.json";
static const char *corpus = "../shared/corpus";
static const char *only;
static const char *rounds_text;
static int quick;

static const struct poptOption run_options[] = {
	{"output", 'o', POPT_ARG_STRING, &output, 0, "output file (default: bench.json)", "FILE"},
	{"corpus", '\0', POPT_ARG_STRING, &corpus, 0,
	 "directory of captures (default: ../shared/corpus)", "DIR"},
	{"only", '\0', POPT_ARG_STRING, &only, 0,
	 "measure only the rows of this program or kind of traffic", "ROW"},
	{"rounds", '\0', POPT_ARG_STRING, &rounds_text, 0,
	 "number of rounds (default: 5, with --quick 1)", "N"},
	{"quick", '\0', POPT_ARG_NONE, &quick, 0, "few frames: a functional test", NULL},
	CLI_OPTIONS_END,
};

static int lab_prepare(const struct cli *cli, struct errmsg *why)
{
	(void)why;
	libbpf_log__start(cli->verbose);
	return 0;
}

static bool bench_is_known(const struct rows *rows, const char *name)
{
	bool known = false;

	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		known |= !strcmp(name, program_rows[i].name);
	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (size_t i = 0; i < rows->suites[suite].traffic_count; i++)
			known |= !strcmp(name, rows->suites[suite].traffic[i].name);
	return known;
}

static int bench_parse(const struct rows *rows, struct measure_options *options, struct errmsg *why)
{
	__u64 rounds = quick ? 1 : DEFAULT_ROUNDS;
	int err = 0;

	if (rounds_text)
		err = number__u64("--rounds", rounds_text, 1, SAMPLES_MAX, &rounds, why);
	if (!err && only && !bench_is_known(rows, only))
		err = errmsg__usage(why, "--only: there is no row '%s': see 'bench list'", only);
	*options = (struct measure_options){
		.rounds = rounds,
		.jobs = crew__cpus(),
		.quick = quick,
		.only = only,
	};
	return err;
}

static int write_results(const struct measurement *measurement, const struct rows *rows,
			 json_t *host, json_t *reading, struct errmsg *why)
{
	json_t *document = results__to_json(measurement);
	int err = 0;

	json_object_set_new(host, "load_after", host__load());
	json_object_set(document, "host", host);
	if (rows->no_captures[0])
		json_object_set_new(document, "no_captures", json_string(rows->no_captures));
	if (reading)
		json_object_set_new(document, "reading", reading);
	if (json_dump_file(document, output, JSON_INDENT(1)))
		err = errmsg__set(why, -EIO, "%s: cannot write it: %s", output, strerror(errno));
	json_decref(document);
	return err;
}

static int cmd_run(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct measurement measurement = {};
	struct measure_options options = {};
	json_t *reading = NULL, *host = host__to_json();
	struct rows rows = {};
	int err;

	(void)cli, (void)operands;
	json_object_set_new(host, "load_before", host__load());
	err = rows__load(corpus, &rows, why);
	if (err)
		goto out;
	err = bench_parse(&rows, &options, why);
	if (err)
		goto out;
	err = measure__run(&rows, &options, &measurement, why);
	if (err)
		goto out;
	err = only ? 0 : reading__run(options.rounds, quick, &reading, why);
	if (err)
		goto out;
	err = write_results(&measurement, &rows, host, reading, why);
	if (!err && results__mismatch(&measurement))
		err = errmsg__set(why, -EBADMSG, "%s", results__mismatch(&measurement));
out:
	json_decref(host);
	measure__free(&measurement);
	rows__free(&rows);
	return err;
}

static int cmd_list(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct rows rows;
	int err = rows__load(corpus, &rows, why);

	(void)cli, (void)operands;
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

static int cmd_attached(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli;
	return live_program__run(operands[0], operands[1], why);
}

static int cmd_report(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli;
	return report__write(operands[0], why);
}

static const struct command commands[] = {
	{"run", NULL, "", "measure all rows that run inside the kernel", 0, 0, run_options,
	 cmd_run},
	{"list", "ls", "", "list the rows", 0, 0, NULL, cmd_list},
	{"attached", NULL, "OBJECT IFACE", "attach a program and count until a signal arrives", 2,
	 2, NULL, cmd_attached},
	{"report", NULL, "DIR", "write the report from the results in DIR", 1, 1, NULL, cmd_report},
	{},
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
