// SPDX-License-Identifier: GPL-2.0-only
// cmd_stats: `xdpctl stats`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/attachment.h"
#include "common/dataplane/read.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/interface_list.h"
#include "ctl/render/view_options.h"
#include "ctl/stats/stats_watch.h"

#define MAX_INTERVAL_S 86400

/* By enum source_order. */
static const char *const order_words[] = {"total", "rate", NULL};

static const struct option_row stats_options[] = {
	VIEW_OPTION_TOP(struct stats_options, top, "10", NULL, ALL_SOURCES),
	{OPTION_SECONDS(struct stats_options, interval_ns), .name = "watch", .letter = 'w',
	 .argument = "SECONDS", .min = 1, .max = MAX_INTERVAL_S, .implied = "1",
	 .unset = "1 second", .help = "show what is counted in each interval"},
	{OPTION_NUMBER(struct stats_options, intervals), .name = "count", .letter = 'c',
	 .argument = "N", .min = 1, .max = ~0ull, .with = "watch", .help = "end after N intervals"},
	{OPTION_CHOICE(struct stats_options, view.order), .name = "sort", .letter = 's',
	 .words = order_words, .with = "watch", .unset = "rate",
	 .help = "most SYNs first, in total or in the interval"},
	VIEW_OPTION_AGGREGATE(struct stats_options, view),
	VIEW_OPTION_CIDR(struct stats_options, view),
	VIEW_OPTION_MIN(struct stats_options, view),
	{OPTION_FLAG(struct stats_options, jsonl), .name = "jsonl", .with = "watch",
	 .without = "json", .help = "print one JSON object per line"},
	{OPTION_FLAG(struct stats_options, prom), .name = "prom", .without = "json jsonl",
	 .help = "print OpenMetrics text"},
	{},
};

/* Rows are sorted: those below the minimum are at the end. */
static void view_sources(const struct source_view *view, struct snapshot *snapshot)
{
	struct tally *sources = &snapshot->tallies[TABLE_SOURCES];

	for (int i = 0; i < TABLE_COUNT; i++)
		if (table_kinds[i].list == TABLE_SOURCES)
			source_view__apply(view, &snapshot->tallies[i]);
	while (sources->count && sources->rows[sources->count - 1].at_least < view->min)
		sources->count--;
}

/* Add the counts of a dataplane, and close it. */
static int list_add_dataplane(struct interface_list *list, const struct attachment *attachment,
			      struct dataplane *dataplane, struct errmsg *why)
{
	struct snapshot snapshot = {};
	int err;

	err = dataplane__read(dataplane, &snapshot, why);
	if (!err) {
		view_sources(&list->view, &snapshot);
		interface_list__add(list, attachment, "", &snapshot);
	}
	snapshot__free(&snapshot);
	dataplane__close(dataplane);
	return err;
}

static int list_add_interface(struct interface_list *list, const struct registry *registry,
			      const char *interface, struct errmsg *why)
{
	struct dataplane *dataplane;
	struct attachment attachment;
	int err;

	err = attachment__open(registry, interface, &dataplane, &attachment, why);
	return err ?: list_add_dataplane(list, &attachment, dataplane, why);
}

static int list_add_attached(void *opaque, struct attachment *attachment, struct errmsg *why)
{
	struct interface_list *list = opaque;
	struct dataplane *dataplane;
	int err;

	err = attachment__reopen(attachment, &dataplane, why);
	return err ?: list_add_dataplane(list, attachment, dataplane, why);
}

static int list_add_all(struct interface_list *list, const struct registry *registry,
			struct errmsg *why)
{
	int err = attachment__each(registry, list_add_attached, list, why);

	if (!err && !list->count && !list->interfaces)
		printf(NOTHING_ATTACHED "\n");
	return err;
}

static int show_once(const struct cli *cli, const struct stats_options *options, struct errmsg *why)
{
	struct interface_list list;
	struct registry *registry;
	int err;

	err = registry__open(REGISTRY_READ, &registry, why);
	if (err)
		return err;
	interface_list__open(cli, options->top, &options->view, &list);
	err = options->names[0] ? list_add_interface(&list, registry, options->names[0], why)
				: list_add_all(&list, registry, why);
	registry__close(registry);
	return interface_list__close(&list, err, why);
}

/* What the rows do not say: the format, and what depends on --watch. */
static void complete_options(const struct cli *cli, const char **operands,
			     struct stats_options *options)
{
	options->format = options->prom    ? STATS_OPENMETRICS
			  : options->jsonl ? STATS_JSON_LINES
			  : cli->json      ? STATS_JSON
					   : STATS_TABLE;
	options->verbose = cli->verbose;
	options->names[0] = operands[0];
	if (options->interval_ns && !cli__given(cli, "sort"))
		options->view.order = ORDER_BY_RATE;
}

static int run_stats(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct stats_options options = *(const struct stats_options *)cli->options;

	complete_options(cli, operands, &options);
	if (options.interval_ns)
		return stats__watch(&options, why);
	return options.prom ? stats__openmetrics(&options, why) : show_once(cli, &options, why);
}

const struct command stats_command = {
	.name = "stats",
	.operands = "[IFACE]",
	.summary = "show frames, classes, SYNs and top sources",
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = stats_options,
	.options_bytes = sizeof(struct stats_options),
	.run = run_stats,
};
