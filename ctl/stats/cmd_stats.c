// SPDX-License-Identifier: GPL-2.0-only
// cmd_stats: `xdpctl stats`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/attachment.h"
#include "common/base/number.h"
#include "common/dataplane/read.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/interface_list.h"
#include "ctl/stats/stats_watch.h"

#define DEFAULT_TOP 10
#define MAX_INTERVAL_S 86400

/* popt sets it to NULL for --watch without a value. */
static const char no_watch[] = "";
static const char *watch_text = no_watch;
static const char *top_text, *count_text, *sort_text, *prefixes_text, *network_text, *min_text;
static int jsonl_wanted, prom_wanted;

const struct poptOption stats_options[] = {
	{"top", 'n', POPT_ARG_STRING, &top_text, 0, "show at most so many sources; default 10",
	 "N"},
	{"watch", 'w', POPT_ARG_STRING | POPT_ARGFLAG_OPTIONAL, &watch_text, 0,
	 "show what is counted in each interval; default 1 second", "SECONDS"},
	{"count", 'c', POPT_ARG_STRING, &count_text, 0, "with --watch: end after so many intervals",
	 "N"},
	{"sort", 's', POPT_ARG_STRING, &sort_text, 0,
	 "with --watch: most SYNs first, in the interval or in all; default rate", "rate|total"},
	{"aggregate", 'a', POPT_ARG_STRING, &prefixes_text, 0,
	 "fold sources into prefixes, as in 24/64", "V4/V6"},
	{"cidr", 0, POPT_ARG_STRING, &network_text, 0, "only sources of this prefix", "PREFIX"},
	{"min", 0, POPT_ARG_STRING, &min_text, 0, "only sources with so many SYNs in all", "N"},
	{"jsonl", 0, POPT_ARG_NONE, &jsonl_wanted, 0, "with --watch: print a JSON object a line",
	 NULL},
	{"prom", 0, POPT_ARG_NONE, &prom_wanted, 0, "print OpenMetrics text", NULL},
	CLI_OPTIONS_END,
};

static bool watches(void)
{
	return watch_text != no_watch;
}

/* popt takes the next word as the value of --watch, even without '='. */
static int parse_watch(const char **operands, struct stats_options *ret, struct errmsg *why)
{
	const char *text = watch_text;

	ret->interval_s = 1;
	if (!watches() || !text)
		return 0;
	if (!operands[0] && (text[0] < '0' || text[0] > '9')) {
		ret->names[0] = text;
		return 0;
	}
	return number__u64("--watch", text, 1, MAX_INTERVAL_S, &ret->interval_s, why);
}

static int parse_view(struct source_view *ret, struct errmsg *why)
{
	static const char *const orders[] = {"total", "rate", NULL};
	int order = watches() ? ORDER_BY_RATE : ORDER_BY_TOTAL;
	int err = 0;

	if (sort_text)
		err = number__choice("--sort", sort_text, orders, &order, why);
	if (!err && prefixes_text)
		err = source_view__set_prefixes(ret, "--aggregate", prefixes_text, why);
	if (!err && network_text)
		err = source_view__set_network(ret, "--cidr", network_text, why);
	if (!err && min_text)
		err = number__u64("--min", min_text, 0, ~0ull, &ret->min, why);
	ret->order = order;
	return err;
}

/* Options that exclude or need each other. */
static int check_options(const struct cli *cli, struct errmsg *why)
{
	if (cli->json + jsonl_wanted + prom_wanted > 1)
		return errmsg__usage(why, "--json, --jsonl and --prom exclude each other");
	if (!watches() && (count_text || sort_text || jsonl_wanted))
		return errmsg__usage(why, "--count, --sort and --jsonl go with --watch");
	return 0;
}

static int stats_parse(const struct cli *cli, const char **operands, struct stats_options *ret,
		       struct errmsg *why)
{
	int err;

	*ret = (struct stats_options){
		.format = prom_wanted    ? STATS_OPENMETRICS
			  : jsonl_wanted ? STATS_JSON_LINES
			  : cli->json    ? STATS_JSON
					 : STATS_TABLE,
		.verbose = cli->verbose,
		.top = DEFAULT_TOP,
		.names = {operands[0]},
	};
	err = check_options(cli, why);
	if (!err && top_text)
		err = number__u64("-n", top_text, 0, ALL_SOURCES, &ret->top, why);
	if (!err)
		err = parse_watch(operands, ret, why);
	if (!err && count_text)
		err = number__u64("--count", count_text, 1, ~0ull, &ret->intervals, why);
	return err ?: parse_view(&ret->view, why);
}

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

int cmd_stats(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct stats_options options;
	int err;

	err = stats_parse(cli, operands, &options, why);
	if (err)
		return err;
	if (watches())
		return stats__watch(&options, why);
	return prom_wanted ? stats__openmetrics(&options, why) : show_once(cli, &options, why);
}
