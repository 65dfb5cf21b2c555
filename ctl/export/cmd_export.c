// SPDX-License-Identifier: GPL-2.0-only
// cmd_export: the options of `xdpctl export`, which main_export.c runs.
#include "ctl/commands.h"
#include "ctl/export/export_options.h"
#include "ctl/export/query.h"
#include "ctl/render/view_options.h"

#define MAX_INTERVAL_S 86400

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
	VIEW_OPTION_TOP(struct export_options, top, "20", NULL, QUERY_MAX_TOP),
	VIEW_OPTION_AGGREGATE(struct export_options, view),
	{},
};

const struct command export_command = {
	.name = "export",
	.operands = "[IFACE...]",
	.summary = "serve metrics to monitoring systems, and a live page",
	.max_operands = -1,
	.takes = TAKES_VERBOSE | TAKES_NETNS,
	.options = export_options,
	.options_bytes = sizeof(struct export_options),
	.helper = "xdpctl-export",
};
