// SPDX-License-Identifier: GPL-2.0-only
// cmd_connect: pktgen connect: connections of honest clients, and how long they wait.
#include <jansson.h>
#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/stop_signal.h"
#include "common/base/utf8.h"
#include "pktgen/commands.h"
#include "pktgen/connect/client.h"

struct connect_options {
	const char *from; /* NULL: not given */
	__u64 count;
	__u64 rate;
	__u64 timeout_ns;
};

static const struct option_row connect_options[] = {
	{OPTION_TEXT(struct connect_options, from), .name = "from", .argument = "ADDRESS",
	 .unset = "as routes say, for all",
	 .help = "source address of the first one; each other one has the next address"},
	{OPTION_NUMBER(struct connect_options, count), .name = "count", .argument = "N", .min = 1,
	 .max = 1000000, .fallback = "100", .help = "connections"},
	{OPTION_NUMBER(struct connect_options, rate), .name = "rate", .argument = "N", .min = 1,
	 .max = 100000, .fallback = "100", .help = "begin N each second"},
	{OPTION_SECONDS(struct connect_options, timeout_ns), .name = "timeout",
	 .argument = "SECONDS", .min = 1, .max = 300, .fallback = "3",
	 .help = "give a connection up after SECONDS"},
	{},
};

static const struct {
	const char *name;
	int percent;
} percentiles[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"max", 100}};

#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static json_t *times_to_json(const struct client_result *result)
{
	json_t *times = json_object();

	if (!result->completed) {
		json_decref(times);
		return json_null();
	}
	for (size_t i = 0; i < PERCENTILES; i++)
		json_object_set_new(
			times, percentiles[i].name,
			json_integer(client_result__percentile(result, percentiles[i].percent)));
	return times;
}

static int connect_report(const struct cli *cli, const char *target,
			  const struct client_result *result, struct errmsg *why)
{
	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:o}",
						 "schema", SCHEMA, "target", utf8__json(target),
						 "connections", (json_int_t)result->begun,
						 "completed", (json_int_t)result->completed,
						 "failed", (json_int_t)result->failed, "timed_out",
						 (json_int_t)result->timed_out, "elapsed_ns",
						 (json_int_t)result->elapsed_ns, "connect_ns",
						 times_to_json(result)),
				       why);
	printf("%s: %u connections, %u completed, %u failed, %u timed out\n",
	       UTF8_PRINTABLE(target), result->begun, result->completed, result->failed,
	       result->timed_out);
	for (size_t i = 0; result->completed && i < PERCENTILES; i++)
		printf("  %-4s %10.3f ms\n", percentiles[i].name,
		       client_result__percentile(result, percentiles[i].percent) / 1e6);
	return 0;
}

static int run_connect(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct connect_options *options = cli->options;
	struct client_order order = {
		.count = options->count,
		.rate_pps = options->rate,
		.timeout_ns = options->timeout_ns,
	};
	struct client_result result;
	int err = client__parse("target", operands[0], true, &order.target, why);

	if (!err && options->from)
		err = client__parse("--from", options->from, false, &order.first_source, why);
	if (err)
		return err;
	if (options->from && order.first_source.any.sa_family != order.target.any.sa_family)
		return errmsg__usage(why, "'%s' and '%s' are of different families", options->from,
				     operands[0]);
	stop_signal__catch();
	err = client__run(&order, &result, why);
	stop_signal__release();
	if (err)
		return err;
	err = connect_report(cli, operands[0], &result, why);
	client_result__free(&result);
	return err;
}

const struct command connect_command = {
	.name = "connect",
	.operands = "ADDRESS:PORT",
	.summary = "open TCP connections, each from another source, and show how long they took",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON,
	.options = connect_options,
	.options_bytes = sizeof(struct connect_options),
	.run = run_connect,
};
