// SPDX-License-Identifier: GPL-2.0-only
// cmd_stats: `xdpctl stats`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/attachment.h"
#include "common/attach/attachment_policy.h"
#include "common/dataplane/read.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/interface_list.h"
#include "ctl/render/overview_json.h"
#include "ctl/render/overview_text.h"
#include "ctl/render/view_options.h"
#include "ctl/stats/stats_overview.h"
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
static void drop_below_min(const struct source_view *view, struct tally *sources)
{
	while (sources->count && sources->rows[sources->count - 1].at_least < view->min)
		sources->count--;
}

static void view_sources(const struct source_view *view, struct snapshot *snapshot)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		if (table_kind__has_sources(i))
			source_view__apply(view, &snapshot->tallies[i]);
	drop_below_min(view, &snapshot->tallies[TABLE_SOURCES]);
}

/* The interfaces of one command line: those named, or all that are attached. */
struct listing {
	struct interface_list list;
	const struct registry *registry;
	bool by_name;
};

static int listing_add(void *opaque, const char *interface, struct errmsg *why)
{
	struct listing *listing = opaque;
	struct snapshot snapshot = {};
	struct dataplane *dataplane;
	struct attachment attachment;
	int err;

	err = attachment__open(listing->registry, interface, &dataplane, &attachment, why);
	/* It was detached meanwhile. */
	if (err == -ENOENT && !listing->by_name &&
	    !attachment__find(listing->registry, interface, &attachment, NULL))
		return 0;
	if (err)
		return err;
	err = dataplane__read(dataplane, &snapshot, why);
	if (!err) {
		attachment__read_answers(&attachment, &snapshot.policy);
		view_sources(&listing->list.view, &snapshot);
		interface_list__add(&listing->list, &attachment, "", &snapshot);
	}
	snapshot__free(&snapshot);
	dataplane__close(dataplane);
	return err;
}

/* An interface that was detached meanwhile is not missing, unless it was asked for. */
static int check_counts(const struct watched *watched, bool by_name, struct errmsg *why)
{
	if (!watched || !watched->err || (watched->state != WATCHED_FAILED && !by_name))
		return 0;
	*why = watched->why;
	return watched->err;
}

/* Several interfaces: they have been read for the overview, and are not read again. */
struct details {
	struct listing *listing;
	const struct watch *watch;
	bool shown;
};

static int details_add(void *opaque, const char *interface, struct errmsg *why)
{
	const struct details *details = opaque;
	struct interface_list *list = &details->listing->list;
	struct watched *watched = watch__find(details->watch, interface);
	int err = check_counts(watched, details->listing->by_name, why);

	if (err || !details->shown || !watched || !watched->dataplane)
		return err;
	drop_below_min(&list->view, &watched->snapshot.tallies[TABLE_SOURCES]);
	interface_list__add(list, &watched->attachment, "", &watched->snapshot);
	return 0;
}

static int show_several(const struct cli *cli, const struct stats_options *options,
			const char **names, struct listing *listing, struct errmsg *why)
{
	struct stats_overview reading;
	struct details details = {
		.listing = listing,
		.watch = &reading.watch,
		.shown = cli->json || cli->verbose || listing->by_name,
	};
	int err;

	err = stats_overview__read(options, names, !details.shown, &reading, why);
	if (err)
		return err;
	if (cli->json)
		listing->list.overview = overview_to_json(&reading.overview, &options->view, false);
	else
		print_overview(&reading.overview, &options->view);
	listing->list.count += details.shown; /* what follows is set apart */
	err = cli__each(cli, names, details_add, &details, why);
	stats_overview__free(&reading);
	return err;
}

static int show_names(const struct cli *cli, const struct stats_options *options,
		      const char **names, struct listing *listing, struct errmsg *why)
{
	if (!names[0] && !cli->json)
		printf(NOTHING_ATTACHED "\n");
	return names[0] && names[1] ? show_several(cli, options, names, listing, why)
				    : cli__each(cli, names, listing_add, listing, why);
}

/* The names of all interfaces that our program runs on, as if they had been given. */
static int show_attached(const struct cli *cli, const struct stats_options *options,
			 struct listing *listing, struct errmsg *why)
{
	size_t count, named = 0;
	struct attachment *list;
	const char **names;
	int err;

	err = attachment__list(listing->registry, &list, &count, why);
	if (err)
		return err;
	names = calloc(count + 1, sizeof(*names));
	for (size_t i = 0; names && i < count; i++)
		if (list[i].exists && list[i].mode != ATTACH_NONE)
			names[named++] = list[i].interface;
	err = names ? show_names(cli, options, names, listing, why) : -ENOMEM;
	free(names);
	free(list);
	return err;
}

static int show_once(const struct cli *cli, const struct stats_options *options, struct errmsg *why)
{
	struct listing listing = {.by_name = options->names[0]};
	struct registry *registry;
	int err;

	err = registry__open(REGISTRY_READ, &registry, why);
	if (err)
		return err;
	listing.registry = registry;
	interface_list__open(cli, options->top, &options->view, &listing.list);
	err = listing.by_name ? show_names(cli, options, options->names, &listing, why)
			      : show_attached(cli, options, &listing, why);
	registry__close(registry);
	return interface_list__close(&listing.list, err, why);
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
	options->names = operands;
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
	.operands = "[IFACE...]",
	.summary = "show frames, classes, SYNs and top sources",
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = stats_options,
	.options_bytes = sizeof(struct stats_options),
	.run = run_stats,
};
