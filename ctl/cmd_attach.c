// SPDX-License-Identifier: GPL-2.0-only
// cmd_attach: `xdpctl attach`.
#include <stdio.h>

#include "abi.h"
#include "commands.h"
#include "lifecycle.h"
#include "render.h"

#define MAX_MAX_SOURCES (1 << 26)

static const char *mode_text = "native";
static const char *max_sources_text;

const struct poptOption attach_options[] = {
	{"mode", 'm', POPT_ARG_STRING, &mode_text, 0,
	 "native (drv), generic (skb), offload (hw), or auto: native, else generic; default native",
	 "MODE"},
	{"max-sources", '\0', POPT_ARG_STRING, &max_sources_text, 0,
	 "room for so many sources; default 131072", "N"},
	CLI_OPTIONS_END,
};

static void print_report(const char *interface, const struct attach_report *report)
{
	printf("%s: %s, %s mode\n", interface, report->upgraded ? "upgraded" : "attached",
	       attach_mode_names[report->mode]);
	if (report->refusal[0])
		printf("  not native, because: %s\n", report->refusal);
}

static int print_json(const struct state *state, const char *interface,
		      const struct attach_report *report, struct errmsg *why)
{
	struct dataplane *dataplane;
	struct attached attached;
	json_t *document;
	int err;

	err = lifecycle__open(state, interface, &dataplane, &attached, why);
	if (err)
		return err;
	dataplane__close(dataplane);
	document =
		json_pack("{s:i, s:b, s:s?}", "schema", JSON_SCHEMA, "upgraded", report->upgraded,
			  "native_refusal", report->refusal[0] ? report->refusal : NULL);
	json_object_update_new(document, json__attached(&attached));
	return json__print(document, why);
}

int cmd_attach(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct attach_report report;
	__u64 max_sources = 0;
	enum attach_mode mode;
	struct state *state;
	int err;

	err = attach_mode__parse(mode_text, &mode, why);
	if (!err && max_sources_text)
		err = cli__u64("--max-sources", max_sources_text, 1, MAX_MAX_SOURCES, &max_sources,
			       why);
	if (!err)
		err = state__open(STATE_WRITE, &state, why);
	if (err)
		return err;
	err = lifecycle__attach(state, operands[0], mode, max_sources, &report, why);
	if (!err && cli->json)
		err = print_json(state, operands[0], &report, why);
	else if (!err)
		print_report(operands[0], &report);
	state__close(state);
	return err;
}
