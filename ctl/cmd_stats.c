// SPDX-License-Identifier: GPL-2.0-only
// cmd_stats: `xdpctl stats` and `xdpctl reset`, which shows the same, for the last time.
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "lifecycle.h"
#include "render.h"

#define DEFAULT_TOP 10

static const char *top_text;

const struct poptOption stats_options[] = {
	{"top", 'n', POPT_ARG_STRING, &top_text, 0, "show at most so many sources; default 10",
	 "N"},
	CLI_OPTIONS_END,
};

/* One document or one screen, an interface after the other. */
struct output {
	json_t *interfaces; /* NULL: print tables */
	__u64 top;
	bool verbose;
	bool any;
};

static int open_output(const struct cli *cli, struct output *ret, struct errmsg *why)
{
	ret->top = DEFAULT_TOP;
	ret->verbose = cli->verbose;
	ret->interfaces = cli->json ? json_array() : NULL;
	return top_text ? cli__u64("-n", top_text, 0, ALL_SOURCES, &ret->top, why) : 0;
}

static void add(struct output *output, const struct attached *attached, const char *remark,
		const struct snapshot *snapshot)
{
	const char *mode = attached->mode == ATTACH_NONE ? NULL : attach_mode_names[attached->mode];

	if (output->interfaces) {
		json_t *object =
			json_pack("{s:s, s:s?}", "interface", attached->interface, "mode", mode);

		json_object_update_new(object, json__snapshot(snapshot, output->top));
		json_array_append_new(output->interfaces, object);
		return;
	}
	printf("%s%s: %s%s\n", output->any ? "\n" : "", attached->interface,
	       mode ?: "not attached any more, these are its last counts", remark);
	table__snapshot(snapshot, output->top, output->verbose);
	output->any = true;
}

static int close_output(struct output *output, int err, struct errmsg *why)
{
	if (!output->interfaces)
		return err;
	if (err) {
		json_decref(output->interfaces);
		return err;
	}
	return json__print(
		json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", output->interfaces),
		why);
}

static int add_interface(struct output *output, const struct state *state, const char *interface,
			 struct errmsg *why)
{
	struct snapshot snapshot = {};
	struct dataplane *dataplane;
	struct attached attached;
	int err;

	err = lifecycle__open(state, interface, &dataplane, &attached, why);
	if (err)
		return err;
	err = snapshot__read(dataplane, &snapshot, why);
	if (!err)
		add(output, &attached, "", &snapshot);
	snapshot__free(&snapshot);
	dataplane__close(dataplane);
	return err;
}

static int add_all(struct output *output, const struct state *state, struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err;

	err = lifecycle__list(state, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; !err && i < count; i++)
		if (list[i].exists && list[i].mode != ATTACH_NONE)
			err = add_interface(output, state, list[i].interface, why);
	free(list);
	if (!err && !output->any && !output->interfaces)
		printf("nothing is attached in this network namespace\n");
	return err;
}

int cmd_stats(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct output output = {};
	struct state *state = NULL;
	int err;

	err = open_output(cli, &output, why);
	if (!err)
		err = state__open(STATE_READ, &state, why);
	if (!err)
		err = operands[0] ? add_interface(&output, state, operands[0], why)
				  : add_all(&output, state, why);
	state__close(state);
	return close_output(&output, err, why);
}

int cmd_reset(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct snapshot snapshot = {};
	struct attached attached = {};
	struct output output = {};
	struct state *state = NULL;
	int err;

	err = open_output(cli, &output, why);
	if (!err)
		err = state__open(STATE_WRITE, &state, why);
	if (!err)
		err = lifecycle__reset(state, operands[0], &snapshot, &attached, why);
	if (!err)
		add(&output, &attached, ", counted until the reset", &snapshot);
	snapshot__free(&snapshot);
	state__close(state);
	return close_output(&output, err, why);
}
