// SPDX-License-Identifier: GPL-2.0-only
// cmd_detach: `xdpctl detach`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/attach/attachment.h"
#include "common/attach/detach.h"
#include "common/base/utf8.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

struct detach_options {
	bool all;
	bool force;
};

static const struct option_row detach_options[] = {
	{OPTION_FLAG(struct detach_options, all), .name = "all", .letter = 'a',
	 .help = "every interface of this network namespace that xdpctl is attached to"},
	{OPTION_FLAG(struct detach_options, force), .name = "force", .letter = 'f',
	 .help = "detach other XDP programs too"},
	{},
};

static const struct {
	const char *name;
	const char *text;
} reports[] = {
	[DETACH_DONE] = {"detached", "detached"},
	[DETACH_CLEANED] = {"cleaned", "was detached already; its pins are removed"},
	[DETACH_NOTHING] = {"nothing", "was not attached"},
};

struct detaching {
	const struct cli *cli;
	struct registry *registry;
	bool force;
	struct recovery recovery;
	json_t *interfaces; /* NULL: print lines */
};

static int detach_one(void *opaque, const char *interface, struct errmsg *why)
{
	const struct detaching *detaching = opaque;
	struct detach_report report = {.result = DETACH_CLEANED};
	const struct leftover *moved;
	int err;

	err = lifecycle__detach(detaching->registry, interface, detaching->force, &report, why);
	if (err == -ENODEV && recovery__had(&detaching->recovery, interface))
		err = 0;
	moved = err == -ENODEV ? recovery__moved(&detaching->recovery, interface) : NULL;
	if (moved)
		return errmsg__set(why, err, "%s: it was moved to %s: %s", interface, moved->place,
				   moved->reason == LEFTOVER_MOVED
					   ? "detach it there with --netns"
					   : "move it back first, or let that namespace end");
	if (err)
		return err;
	if (report.unlocked)
		cli__note(detaching->cli,
			  "%s: detached without the lock, which another process holds", interface);
	if (detaching->interfaces)
		json_array_append_new(detaching->interfaces,
				      json_pack("{s:o, s:s, s:s?}", "interface",
						utf8__json(interface), "result",
						reports[report.result].name, "displaced",
						report.displaced[0] ? report.displaced : NULL));
	else
		printf("%s: %s\n", UTF8_PRINTABLE(interface), reports[report.result].text);
	if (!detaching->interfaces && report.displaced[0])
		printf("  displaced: %s\n", report.displaced);
	return 0;
}

static int detach_all(const struct cli *cli, struct detaching *detaching, struct errmsg *why)
{
	struct attachment *list;
	const char **names;
	size_t count;
	int err;

	err = attachment__list(detaching->registry, &list, &count, why);
	if (err)
		return err;
	names = calloc(count + 1, sizeof(*names));
	for (size_t i = 0; names && i < count; i++)
		names[i] = list[i].interface;
	err = names ? cli__each(cli, names, detach_one, detaching, why) : -ENOMEM;
	if (!count && !cli->json)
		printf(NOTHING_ATTACHED "\n");
	free(names);
	free(list);
	return err;
}

static int run_detach(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct detach_options *options = cli->options;
	struct detaching detaching = {.cli = cli, .force = options->force};
	int err;

	if (!operands[0] != options->all)
		return errmsg__usage(why,
				     "detach needs IFACE... or --all: see 'xdpctl help detach'");
	err = recovery__open_registry(cli, REGISTRY_REMOVE, &detaching.registry,
				      &detaching.recovery, why);
	if (err)
		return err;
	detaching.interfaces = cli->json ? json_array() : NULL;
	err = options->all ? detach_all(cli, &detaching, why)
			   : cli__each(cli, operands, detach_one, &detaching, why);
	recovery__free(&detaching.recovery);
	registry__close(detaching.registry);
	return print_interfaces_json(detaching.interfaces, why) ?: err;
}

const struct command detach_command = {
	.name = "detach",
	.alias = "unload",
	.operands = "[IFACE...]",
	.summary = "stop counting on interfaces",
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = detach_options,
	.options_bytes = sizeof(struct detach_options),
	.run = run_detach,
};
