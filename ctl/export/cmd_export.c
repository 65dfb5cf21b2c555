// SPDX-License-Identifier: GPL-2.0-only
// cmd_export: `xdpctl export`: metrics for monitoring systems, and a live page.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/output_file.h"
#include "common/netdev/netns.h"
#include "ctl/commands.h"
#include "ctl/export/http.h"
#include "ctl/export/listen.h"
#include "ctl/export/page.h"
#include "ctl/monitor/rate_history.h"
#include "ctl/monitor/ticker.h"
#include "ctl/monitor/watch.h"
#include "ctl/render/format.h"
#include "ctl/render/interval_json.h"
#include "ctl/render/openmetrics.h"
#include "ctl/render/overview_json.h"
#include "ctl/render/view_options.h"

#define MAX_TOP 1000 /* each is two time series per interface */
#define MAX_INTERVAL_S 86400
#define FRESH_NS (NS_PER_S / 2)  /* younger readings are used again */
#define RATES_NS (60 * NS_PER_S) /* rates are computed for this long after a request for them */
#define STALE_NS (10 * NS_PER_S) /* the page's history looks for new interfaces this often */

struct export_options {
	struct option_list listen;
	const char *listen_netns;
	struct option_list allow_host;
	const char *web_config;
	const char *textfile;
	__u64 interval_ns;
	bool once;
	__u64 top;
	struct source_view view;
};

static const struct option_row export_options[] = {
	{OPTION_LIST(struct export_options, listen), .name = "listen", .letter = 'l',
	 .argument = "ADDR:PORT|unix:PATH", .fallback = "127.0.0.1:9477", .without = "textfile",
	 .help = "serve /metrics and a live page there; may be repeated"},
	{OPTION_TEXT(struct export_options, listen_netns), .name = "listen-netns",
	 .argument = "NETNS", .without = "textfile",
	 .help = "listen in this network namespace, instead of the one it is started in"},
	{OPTION_LIST(struct export_options, allow_host), .name = "allow-host", .argument = "NAME",
	 .without = "textfile", .help = "also answer requests for this host name; may be repeated"},
	{OPTION_TEXT(struct export_options, web_config), .name = "web-config", .argument = "FILE",
	 .without = "textfile",
	 .help = "set TLS and users by a web configuration file, as Prometheus' exporters do"},
	{OPTION_TEXT(struct export_options, textfile), .name = "textfile", .letter = 't',
	 .argument = "FILE",
	 .help = "write a node_exporter textfile every --interval instead of listening"},
	{OPTION_SECONDS(struct export_options, interval_ns), .name = "interval", .letter = 'i',
	 .argument = "SECONDS", .min = 1, .max = MAX_INTERVAL_S, .fallback = "15",
	 .with = "textfile", .help = "time between two files"},
	{OPTION_FLAG(struct export_options, once), .name = "once", .with = "textfile",
	 .help = "write it once and exit"},
	VIEW_OPTION_TOP(struct export_options, top, "20", NULL, MAX_TOP),
	VIEW_OPTION_AGGREGATE(struct export_options, view),
	{},
};

/* Options that mean nothing for sockets that systemd has passed. */
static const char *const where_to_listen[] = {"listen", "listen-netns"};

struct exporter {
	struct watch watch;
	struct rate_histories histories;
	const struct export_options *options;
	__u64 rates_until_ns;
};

/* Rates cost memory: they are computed only while clients ask for them. */
static int exporter_refresh(struct exporter *exporter, struct errmsg *why)
{
	bool rates = exporter->rates_until_ns > clock__now_ns();
	struct watch *watch = &exporter->watch;

	if (watch->readings && clock__now_ns() - watch->read_at_ns < FRESH_NS &&
	    watch->rates >= rates)
		return 0;
	watch->rates = rates;
	return watch__read(watch, why);
}

static int print_metrics(FILE *out, struct exporter *exporter, enum openmetrics_dialect dialect,
			 struct errmsg *why)
{
	int err = exporter_refresh(exporter, why);

	if (!err)
		openmetrics__print(out, &exporter->watch, exporter->options->top, dialect);
	return err;
}

static int route_openmetrics(FILE *out, void *context, struct errmsg *why)
{
	return print_metrics(out, context, OPENMETRICS_1_0, why);
}

static int route_classic_metrics(FILE *out, void *context, struct errmsg *why)
{
	return print_metrics(out, context, OPENMETRICS_CLASSIC, why);
}

static int print_json_document(FILE *out, json_t *object)
{
	if (!object)
		return -ENOMEM;
	json_dumpf(object, out, JSON_COMPACT);
	json_decref(object);
	return 0;
}

static int route_stats(FILE *out, void *context, struct errmsg *why)
{
	struct exporter *exporter = context;
	int err;

	exporter->rates_until_ns = clock__now_ns() + RATES_NS;
	err = exporter_refresh(exporter, why);
	if (err)
		return err;
	return print_json_document(out, interval_to_json(&exporter->watch, exporter->options->top,
							 exporter->watch.readings));
}

static int route_overview(FILE *out, void *context, struct errmsg *why)
{
	struct exporter *exporter = context;
	struct overview overview;
	json_t *object;
	int err;

	exporter->rates_until_ns = clock__now_ns() + RATES_NS;
	err = exporter_refresh(exporter, why);
	if (!err)
		err = overview__build(&exporter->watch, &exporter->histories, ORDER_BY_RATE,
				      &overview);
	if (err)
		return err;
	object = overview_to_json(&overview, &exporter->watch.view, true);
	overview__free(&overview);
	json_object_update_new(object, json_pack("{s:i, s:I}", "schema", JSON_SCHEMA, "time_ns",
						 (json_int_t)clock__wall_ns()));
	return print_json_document(out, object);
}

static json_t *history_to_json(const struct rate_history *history)
{
	json_t *times = json_array(), *syns = json_array(), *packets = json_array();

	for (size_t i = 0; i < history->count; i++) {
		const struct rate_point *point = &history->points[i];

		json_array_append_new(times, json_integer(point->time_ns));
		json_array_append_new(syns, json_integer(point->syns_pps + 0.5));
		json_array_append_new(packets, json_integer(point->frames_pps + 0.5));
	}
	return json_pack("{s:s, s:o, s:o, s:o}", "interface", history->interface, "time_ns", times,
			 "syns_pps", syns, "packets_pps", packets);
}

static int route_history(FILE *out, void *context, struct errmsg *why)
{
	const struct exporter *exporter = context;
	json_t *interfaces = json_array();

	(void)why;
	for (size_t i = 0; i < exporter->histories.count; i++)
		json_array_append_new(interfaces, history_to_json(&exporter->histories.list[i]));
	return print_json_document(
		out, json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", interfaces));
}

static int route_health(FILE *out, void *context, struct errmsg *why)
{
	int err = exporter_refresh(context, why);

	if (!err)
		fputs("ok\n", out);
	return err;
}

static int route_page(FILE *out, void *context, struct errmsg *why)
{
	(void)context;
	(void)why;
	fwrite(export_page, export_page_bytes, 1, out);
	return 0;
}

static const struct http_route routes[] = {
	{"/", "text/html; charset=utf-8", route_page, .is_constant = true},
	/* Clients that do not ask for OpenMetrics by its name get the classic format. */
	{"/metrics", OPENMETRICS_TYPE, route_openmetrics,
	 .accepted_as = {"application/openmetrics-text", "1.0.0", .only_named = true}},
	{"/metrics", OPENMETRICS_CLASSIC_TYPE, route_classic_metrics,
	 .accepted_as = {"text/plain", "0.0.4"}},
	{"/healthz", "text/plain; charset=utf-8", route_health},
	{"/api/v1/stats", "application/json", route_stats},
	{"/api/v1/overview", "application/json", route_overview},
	{"/api/v1/history", "application/json", route_history},
	{},
};

/* So that the page shows how an attack began, even if it is opened later. */
static void exporter_add_to_history(struct exporter *exporter)
{
	if (clock__now_ns() - exporter->watch.read_at_ns > STALE_NS)
		exporter_refresh(exporter, NULL);
	rate_histories__read(&exporter->histories, &exporter->watch);
}

static int listen_inherited(const struct cli *cli, struct listeners *listeners, struct errmsg *why)
{
	int count = listeners__inherit(listeners, why);

	for (size_t i = 0; count > 0 && i < sizeof(where_to_listen) / sizeof(where_to_listen[0]);
	     i++)
		if (cli__given(cli, where_to_listen[i]))
			return errmsg__usage(why,
					     "--%s: systemd has passed sockets already: leave it "
					     "out, or stop the socket unit",
					     where_to_listen[i]);
	return count;
}

/* In the namespace that it was started in, unless another one is asked for. */
static int listen_by_options(const struct cli *cli, struct listeners *listeners, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct netns netns = {.fd = cli->home_netns};
	int err = 0, back = -1;

	if (options->listen_netns)
		netns.fd = netns__open("--listen-netns", options->listen_netns, why);
	if (options->listen_netns && netns.fd < 0)
		return netns.fd;
	if (netns.fd >= 0)
		back = netns__enter(&netns);
	if (netns.fd >= 0 && back < 0)
		return errmsg__set(why, back, "--listen-netns: entering it: %s", strerror(-back));
	for (size_t i = 0; !err && i < options->listen.count; i++)
		err = listeners__open(listeners, "--listen", options->listen.words[i], why);
	if (back >= 0)
		netns__leave(back);
	if (options->listen_netns)
		close(netns.fd);
	return err;
}

static void print_listeners(const struct listeners *listeners, const char *scheme,
			    const char *netns)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->list[i];

		if (listener->is_unix)
			printf("listening on %s\n", listener->address);
		else
			printf("listening on %s://%s/%s%s\n", scheme, listener->address,
			       netns ? " in network namespace " : "", netns ?: "");
	}
	fflush(stdout);
}

static void every_second(struct exporter *exporter, const struct cli *cli, struct http *http)
{
	struct errmsg why = {};

	exporter_add_to_history(exporter);
	if (http__reload(http, &why))
		cli__note(cli, "%s: the previous configuration stays", why.text);
}

static int serve_until_signal(struct exporter *exporter, const struct cli *cli, struct http *http,
			      struct errmsg *why)
{
	struct ticker ticker;
	int err;

	err = ticker__open(NS_PER_S, &ticker, why);
	if (err)
		return err;
	ticker.outlives_reader = true;
	exporter_add_to_history(exporter);
	for (;;) {
		enum ticker_event event = ticker__wait(&ticker, http__fd(http));

		if (event == TICKER_END)
			break;
		if (event == TICKER_TICK)
			every_second(exporter, cli, http);
		http__serve(http);
	}
	ticker__close(&ticker);
	return 0;
}

static int exporter_serve(struct exporter *exporter, const struct cli *cli, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct listeners listeners = {};
	struct http_config config = {
		.routes = routes,
		.context = exporter,
		.listeners = &listeners,
		.allowed_hosts = options->allow_host.words,
		.allowed_hosts_count = options->allow_host.count,
		.web_config = options->web_config,
	};
	struct http *http = NULL;
	int err;

	signal(SIGPIPE, SIG_IGN);
	err = exporter_refresh(exporter, why);
	if (err)
		return err;
	err = listen_inherited(cli, &listeners, why);
	if (!err)
		err = listen_by_options(cli, &listeners, why);
	if (err < 0)
		goto out;
	err = http__open(&config, &http, why);
	if (err)
		goto out;
	print_listeners(&listeners, http__scheme(http), options->listen_netns);
	err = serve_until_signal(exporter, cli, http, why);
out:
	http__close(http);
	listeners__close(&listeners);
	return err;
}

/* Readers see the old file or the new one, whole. */
static int replace_file(struct exporter *exporter, struct errmsg *why)
{
	const char *path = exporter->options->textfile;
	struct output_file *output;
	FILE *out;
	int err;

	err = watch__read(&exporter->watch, why);
	if (err)
		return err;
	/* For the user that node_exporter runs as. */
	err = output_file__open(path, 0644, &output, why);
	if (err)
		return err;
	err = output_file__stream(output, &out, why);
	if (err)
		goto out;
	openmetrics__print(out, &exporter->watch, exporter->options->top, OPENMETRICS_CLASSIC);
	if (ferror(out) | fclose(out))
		err = errmsg__set(why, -EIO, "%s: cannot write: %s", path, strerror(errno));
	if (!err)
		err = output_file__commit(output, why);
out:
	output_file__close(output);
	return err;
}

static int write_textfile(struct exporter *exporter, struct errmsg *why)
{
	struct ticker ticker;
	int err;

	err = ticker__open(exporter->options->interval_ns, &ticker, why);
	if (err)
		return err;
	ticker.outlives_reader = true;
	do
		err = replace_file(exporter, why);
	while (!err && !exporter->options->once && ticker__wait(&ticker, -1) != TICKER_END);
	ticker__close(&ticker);
	return err;
}

static int run_export(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct exporter exporter = {
		.watch = {.names = operands,
			  .heaviest = true,
			  .keeps_detached = true,
			  .view = options->view},
		.options = options,
	};
	int err;

	err = options->textfile ? write_textfile(&exporter, why)
				: exporter_serve(&exporter, cli, why);
	watch__free(&exporter.watch);
	rate_histories__free(&exporter.histories);
	return err;
}

const struct command export_command = {
	.name = "export",
	.operands = "[IFACE...]",
	.summary = "serve metrics to monitoring systems, and a live page",
	.max_operands = -1,
	.takes = TAKES_VERBOSE | TAKES_NETNS,
	.options = export_options,
	.options_bytes = sizeof(struct export_options),
	.run = run_export,
};
