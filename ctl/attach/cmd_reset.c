// SPDX-License-Identifier: GPL-2.0-only
// cmd_reset: `xdpctl reset`, which shows the counts until then.
#include "common/attach/attachment_policy.h"
#include "common/attach/reset.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"
#include "ctl/render/interface_list.h"
#include "ctl/render/view_options.h"

struct reset_options {
	__u64 top;
};

static const struct option_row reset_options[] = {
	VIEW_OPTION_TOP(struct reset_options, top, "10", NULL, ALL_SOURCES),
	{},
};

static int run_reset(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct reset_options *options = cli->options;
	struct attachment attachment = {};
	struct registry *registry = NULL;
	struct snapshot snapshot = {};
	struct interface_list list;
	int err;

	interface_list__open(cli, options->top, NULL, &list);
	err = recovery__open_registry(cli, REGISTRY_WRITE, &registry, NULL, why);
	if (!err)
		err = lifecycle__reset(registry, operands[0], &snapshot, &attachment, why);
	registry__close(registry);
	if (!err) {
		attachment__read_answers(&attachment, &snapshot.policy);
		interface_list__add(&list, &attachment, ", counted until the reset", &snapshot);
	}
	snapshot__free(&snapshot);
	return interface_list__close(&list, err, why);
}

const struct command reset_command = {
	.name = "reset",
	.operands = "IFACE",
	.summary = "show the counts a last time and restart from zero",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = reset_options,
	.options_bytes = sizeof(struct reset_options),
	.run = run_reset,
};
