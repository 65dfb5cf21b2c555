// SPDX-License-Identifier: GPL-2.0-only
// cmd_status: `xdpctl status`.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/attachment.h"
#include "common/attach/stray.h"
#include "common/base/utf8.h"
#include "common/netdev/netdev.h"
#include "ctl/attach/attachment_json.h"
#include "ctl/attach/attachment_text.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

static int print_status_json(const struct attachment *list, size_t count, struct errmsg *why)
{
	json_t *interfaces = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(interfaces, attachment_to_json(&list[i]));
	return print_interfaces_json(interfaces, why);
}

struct status {
	const struct cli *cli;
	const char *selected; /* the one interface that was asked for, or NULL */
};

/* Keeps the entries of one interface, which may not exist any more. */
static int select_interface(const char *interface, struct attachment *list, size_t *count,
			    struct errmsg *why)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++)
		if (!strcmp(list[i].interface, interface))
			list[kept++] = list[i];
	*count = kept;
	if (!kept) {
		int err = netdev__index(interface, why);

		return err < 0 ? err : 0;
	}
	return 0;
}

static void note_unidentified(void *opaque, const char *interface, const char *why)
{
	const struct status *status = opaque;

	if (!status->selected || !strcmp(status->selected, interface))
		cli__note(status->cli, "%s: runs a program that cannot be identified: %s",
			  UTF8_PRINTABLE(interface), why);
}

static int run_status(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct status status = {.cli = cli, .selected = operands[0]};
	struct attachment *list = NULL;
	struct registry *registry;
	size_t count = 0;
	int err;

	err = registry__open(REGISTRY_READ, &registry, why);
	if (err)
		return err;
	recovery__note_owner(cli, registry);
	if (registry__hidden(registry)[0])
		cli__note(cli, "%s", registry__hidden(registry));
	err = attachment__list(registry, &list, &count, why);
	registry__close(registry);
	if (!err)
		err = stray__each_unidentified(list, count, note_unidentified, &status);
	if (!err && operands[0])
		err = select_interface(operands[0], list, &count, why);
	if (err)
		goto out;
	if (cli->json)
		err = print_status_json(list, count, why);
	else
		print_status(list, count, cli->verbose);
out:
	free(list);
	return err;
}

const struct command status_command = {
	.name = "status",
	.operands = "[IFACE]",
	.summary = "show which interfaces are attached, and how",
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.run = run_status,
};
