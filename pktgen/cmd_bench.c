// SPDX-License-Identifier: GPL-2.0-only
// cmd_bench: pktgen bench: measure the rate of each sender against the kernel alone.
#include <errno.h>
#include <jansson.h>

#include "common/base/cli.h"
#include "common/base/utf8.h"
#include "pktgen/commands.h"
#include "pktgen/profiles/profile.h"
#include "pktgen/send/send_options.h"
#include "pktgen/send/transmit.h"

struct bench_options {
	__u64 count;
	struct send_options send;
};

static const struct option_row bench_options[] = {
	{OPTION_NUMBER(struct bench_options, count), .name = "count", .argument = "N", .min = 1000,
	 .max = 1000000000, .fallback = "3000000", .help = "frames per sender"},
	{OPTION_TABLE(struct bench_options, send, send_common_options)},
	{},
};

struct bench {
	struct iface iface;
	struct transmit_plan plan;
	struct knobs knobs;
	struct stream *stream;
	struct generated_frame frame;
	double bare_pps;
	json_t *rows;
};

static int bench_next_frame(void *opaque, struct tx_frame *ret, struct errmsg *why)
{
	struct bench *bench = opaque;

	(void)why;
	stream__next(bench->stream, &bench->frame);
	*ret = (struct tx_frame){
		.data = packet__bytes(&bench->frame.packet),
		.bytes = bench->frame.captured_bytes,
	};
	return 1;
}

/* One frame repeated by the kernel's own loop: the upper limit for any sender. */
static int bench_run_bare(struct bench *bench, struct errmsg *why)
{
	__u64 ns;
	int err = sender__pin(bench->plan.kernel_cpu, why);

	stream__next(bench->stream, &bench->frame);
	if (!err)
		err = live__bare(&bench->iface, packet__bytes(&bench->frame.packet),
				 bench->frame.captured_bytes, bench->plan.count, bench->plan.batch,
				 &ns, why);
	if (!err)
		bench->bare_pps = bench->plan.count * 1e9 / ns;
	return err;
}

static void bench_add_row(struct bench *bench, const struct sender *sender, int err,
			  const struct transmit_result *result, const struct errmsg *why)
{
	double pps = err || result->seconds <= 0 ? 0 : result->sent / result->seconds;
	double percent = bench->bare_pps > 0 ? 100 * pps / bench->bare_pps : 0;

	json_array_append_new(bench->rows,
			      json_pack("{s:s, s:I, s:I, s:f, s:o}", "sender", sender->name, "sent",
					(json_int_t)(err ? 0 : result->sent), "packets_per_second",
					(json_int_t)pps, "percent_of_bare", percent, "error",
					utf8__json(err ? why->text : NULL)));
}

static int bench_print(const struct bench *bench, const struct cli *cli, struct errmsg *why)
{
	json_t *row;
	size_t i;

	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:o, s:I, s:i, s:I, s:O}", "schema", SCHEMA,
						 "interface", utf8__json(bench->iface.name),
						 "count", (json_int_t)bench->plan.count, "batch",
						 bench->plan.batch, "bare_packets_per_second",
						 (json_int_t)bench->bare_pps, "senders",
						 bench->rows),
				       why);
	printf("%-8s %12s %8s\n%-8s %12.0f\n", "sender", "packets/s", "of bare", "(bare)",
	       bench->bare_pps);
	json_array_foreach (bench->rows, i, row) {
		const char *error = json_string_value(json_object_get(row, "error"));

		printf("%-8s %12lld %6.1f %% %s\n",
		       json_string_value(json_object_get(row, "sender")),
		       json_integer_value(json_object_get(row, "packets_per_second")),
		       json_real_value(json_object_get(row, "percent_of_bare")),
		       error ? error : "");
	}
	return 0;
}

static int bench_prepare(struct bench *bench, const struct bench_options *options,
			 const char *interface, struct errmsg *why)
{
	int err = send_options__read(&options->send, interface, &bench->iface, &bench->plan, why);

	if (!err)
		err = profile__defaults(&profile_syn_flood, &bench->knobs, why);
	if (!err)
		err = stream__open(&profile_syn_flood, &bench->knobs, &bench->stream, why);
	bench->plan.count = options->count;
	bench->plan.next = bench_next_frame;
	bench->plan.opaque = bench;
	return err;
}

static int run_bench(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct bench bench = {.rows = json_array()};
	struct transmit_result result;
	int err = bench_prepare(&bench, cli->options, operands[0], why);

	if (err)
		goto out;
	err = bench_run_bare(&bench, why);
	if (err)
		goto out;
	for (int i = 0; senders[i]; i++) {
		struct errmsg reason = {};

		bench.plan.sender = senders[i];
		bench.plan.json = cli->json;
		err = transmit__run(&bench.plan, &result, &reason);
		bench_add_row(&bench, senders[i], err, &result, &reason);
		if (result.interrupted)
			break;
	}
	err = bench_print(&bench, cli, why);
out:
	json_decref(bench.rows);
	stream__close(bench.stream);
	return err;
}

const struct command bench_command = {
	.name = "bench",
	.operands = "IFACE",
	.summary = "measure the rate of each sender, and of a bare live-frames loop",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON,
	.options = bench_options,
	.options_bytes = sizeof(struct bench_options),
	.run = run_bench,
};
